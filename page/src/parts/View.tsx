import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A view. Its heading takes the focus when it appears, so that screen readers announce it. */
export function View({
  title,
  heading = title,
  children,
}: {
  title: string;
  heading?: ComponentChildren;
  children: ComponentChildren;
}) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – EWMS`;
    head.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [title]);
  return (
    <main>
      <h1 ref={head} tabIndex={-1}>
        {heading}
      </h1>
      {children}
    </main>
  );
}
