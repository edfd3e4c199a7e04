import type { RenderableProps } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

type DialogProps = RenderableProps<{ title: string; close: () => void; wide?: boolean }>;

/** A modal dialog, open while rendered. The browser keeps the focus inside and closes it at Escape. */
export function Dialog({ title, close, wide = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const headingId = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} class={wide ? "wide" : undefined} aria-labelledby={headingId} onClose={close}>
      <h2 id={headingId}>{title}</h2>
      {children}
    </dialog>
  );
}
