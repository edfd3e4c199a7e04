import fc from "fast-check";
import type { Draft } from "./draft.js";
import { oddPart } from "./hostilePathParts.js";
import { someDamage, someFraming, someHeader, someHost } from "./hostileTransport.js";
import { huge, oddKey, oddValue } from "./hostileValues.js";
import { type JsonTree, replaceChildren, replaceNode } from "./jsonTree.js";

/** Changes a valid request. */
export type DraftChange = (draft: Draft) => Draft;

const bodyChange =
  (change: (body: JsonTree) => JsonTree): DraftChange =>
  (draft) => ({
    ...draft,
    body: change(draft.body ?? { members: [] }),
  });

/** Changes of one value, field or entry of a body. */
const treeChange: fc.Arbitrary<DraftChange> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.nat(), oddValue)
      .map(([place, value]) => bodyChange((body) => replaceNode(body, place, () => value))),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(), fc.nat()).map(([place, n]) =>
      bodyChange((body) =>
        replaceChildren(body, place, {
          members: (found) => found.filter((_, index) => index !== n % found.length),
          items: (found) => found.filter((_, index) => index !== n % found.length),
        }),
      ),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(), oddKey, oddValue).map(([place, key, value]) =>
      bodyChange((body) =>
        replaceChildren(body, place, {
          members: (found) => [...found, [key, value]],
          items: (found) => [...found, value],
        }),
      ),
    ),
  },
  {
    // Duplicates a key or an entry.
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.nat()).map(([place, n]) =>
      bodyChange((body) =>
        replaceChildren(body, place, {
          members: (found) => [...found, ...found.filter((_, index) => index === n % found.length)],
          items: (found) => [...found, ...found.filter((_, index) => index === n % found.length)],
        }),
      ),
    ),
  },
);

const hugeChange: fc.Arbitrary<DraftChange> = fc
  .tuple(fc.nat(), huge)
  .map(([place, value]) => bodyChange((body) => replaceNode(body, place, () => value)));

const someMethod = fc.constantFrom(
  ..."GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT PROPFIND PURGE QUERY".split(" "),
  ..."get BREW __proto__ G\0T".split(" "),
  "",
);

const queryChange: fc.Arbitrary<DraftChange> = fc
  .oneof(
    fc.constantFrom(
      "",
      "?",
      "?schedd",
      "?schedd=",
      "?schedd=SCHEDD1&schedd=SCHEDD2",
      "?schedd[]=SCHEDD1",
      "?schedd[$gt]=",
      "?SCHEDD=SCHEDD1",
      "?__proto__[x]=1",
      "?%73chedd=SCHEDD1",
      "?schedd=SCHEDD1#fragment",
      "?schedd=SCHEDD1?schedd=SCHEDD2",
      `?${"a=1&".repeat(2000)}`,
      "?last_event_id=0-0",
      "?order=newest",
      "?order=oldest",
      "?order=",
      "?order=newest&order=oldest",
      "?order[$gt]=newest",
    ),
    oddPart.map((part) => `?schedd=${part}`),
    oddPart.map((part) => `?last_event_id=${part}`),
    oddPart.map((part) => `?${part}`),
  )
  .map((query) => (draft) => ({ ...draft, target: draft.target.split("?", 1)[0] + query }));

const pathChange: fc.Arbitrary<DraftChange> = fc.oneof(
  fc.tuple(fc.nat(), oddPart).map(
    ([n, part]): DraftChange =>
      (draft) => {
        const parts = draft.target.split("/");
        const place = 1 + (n % Math.max(parts.length - 1, 1));
        return { ...draft, target: parts.map((old, index) => (index === place ? part : old)).join("/") };
      },
  ),
  fc
    .constantFrom<(target: string) => string>(
      (target) => `${target}/`,
      (target) => `/${target}`,
      (target) => target.toUpperCase(),
      (target) => target.replaceAll("/", "%2F"),
      (target) => target.replace("/v1", "/v1/."),
      (target) => target.replace("/v1", "/v1/../v1"),
      (target) => `http://wms${target}`,
      (target) => `http://evil:80${target}`,
      (target) => target.slice(1),
      () => "*",
      () => "",
      (target) => target.replaceAll("/", "\\"),
      (target) => `${target}\t`,
      (target) => `${target} x`,
      (target) => `${target}${"/x".repeat(3000)}`,
    )
    .map(
      (change): DraftChange =>
        (draft) => ({ ...draft, target: change(draft.target) }),
    ),
);

/** A change that may make a request invalid. */
export const someChange: fc.Arbitrary<DraftChange> = fc.oneof(
  { weight: 300, arbitrary: treeChange },
  { weight: 1, arbitrary: hugeChange },
  { weight: 50, arbitrary: pathChange },
  {
    weight: 40,
    arbitrary: someHeader.map(
      (header): DraftChange =>
        (draft) => ({ ...draft, headers: [...draft.headers, header] }),
    ),
  },
  {
    weight: 15,
    arbitrary: someHost.map(
      (host): DraftChange =>
        (draft) => ({
          ...draft,
          headers: draft.headers.map(([name, value]) => [name, name === "Host" ? host : value] as const),
        }),
    ),
  },
  {
    weight: 30,
    arbitrary: someDamage.map(
      (damage): DraftChange =>
        (draft) => ({ ...draft, damage }),
    ),
  },
  { weight: 30, arbitrary: queryChange },
  {
    weight: 25,
    arbitrary: someMethod.map(
      (method): DraftChange =>
        (draft) => ({ ...draft, method }),
    ),
  },
  {
    weight: 15,
    arbitrary: someFraming.map(
      (framing): DraftChange =>
        (draft) => ({ ...draft, framing }),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom("HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP/1", "", "http/1.1").map(
      (version): DraftChange =>
        (draft) => ({ ...draft, version }),
    ),
  },
  { weight: 5, arbitrary: fc.constant<DraftChange>((draft) => ({ ...draft, headers: [] })) },
);
