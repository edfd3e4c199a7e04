import type { ComponentChildren, RenderableProps } from "preact";
import { useEffect, useRef } from "preact/hooks";

type ViewProps = RenderableProps<{ title: string; heading?: ComponentChildren; isWide?: boolean }>;

/** A view. Its heading takes the focus when it appears, so that screen readers announce it. */
export function View({ title, heading = title, isWide = false, children }: ViewProps) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – EWMS`;
    head.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [title]);
  return (
    <main class={isWide ? "is-wide" : undefined}>
      <h1 ref={head} tabIndex={-1}>
        {heading}
      </h1>
      {children}
    </main>
  );
}

/** A section of a view with a heading. */
export const Section = ({ title, aside, children }: RenderableProps<{ title: string; aside?: ComponentChildren }>) => (
  <section>
    <header class="section-head">
      <h2>{title}</h2>
      {aside}
    </header>
    {children}
  </section>
);

/** Named values. */
export const DescriptionList = ({ facts }: { facts: readonly { name: string; value: ComponentChildren }[] }) => (
  <dl class="facts">
    {facts.map(({ name, value }) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
