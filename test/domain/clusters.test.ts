import { expect, test } from "vitest";
import { type ClusterLocations, unknownLocation } from "../../src/domain/clusters.js";

/** Locations whose names are in alphabetical order. */
const manyLocations = (count: number, prefix = "pool"): ClusterLocations =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${prefix}-${100 + n}`, { schedd: `ap-${n}` }]));

const messageFor = (clusters: ClusterLocations): string => unknownLocation(clusters, "here", "nowhere").message;

const BEGINNING = "here: condor cluster location not found: nowhere; valid: ";

test("an unknown location's error names up to 20 locations", () => {
  expect(messageFor(manyLocations(2))).toBe(`${BEGINNING}pool-100, pool-101`);
  const names = Object.keys(manyLocations(20)).join(", ");
  expect(messageFor(manyLocations(20))).toBe(BEGINNING + names);
  expect(messageFor(manyLocations(21))).toBe(`${BEGINNING}${names}, and 1 more`);
});

test("it names fewer if the names are long, and at least one", () => {
  const message = messageFor(manyLocations(30, "grid-submitter.icecube.wisc.edu"));
  expect(message).toMatch(/^here: [^;]+; valid: grid-submitter.icecube.wisc.edu-100, .+, and \d+ more$/);
  expect(message.length).toBeLessThan(400);
  const named = message.match(/grid-submitter/g)?.length ?? 0;
  expect(message).toContain(`, and ${30 - named} more`);
  expect(messageFor({ ["x".repeat(400)]: { schedd: "a" }, y: { schedd: "b" } })).toMatch(
    /; valid: x{400}, and 1 more$/,
  );
});

test("without locations it names none", () => {
  expect(messageFor({})).toBe(`${BEGINNING}none`);
});
