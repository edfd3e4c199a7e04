import type { RenderableProps } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { ErrorNotice } from "./Notices.tsx";

interface FormEndProps {
  /** Of the last attempt. */
  error: Error | undefined;
  isRunning: boolean;
  /** What the button that submits the form does. */
  label: string;
  close: () => void;
}

/** The end of a form in a dialog: the error, and the buttons that leave or submit it. */
export const FormEnd = ({ error, isRunning, label, close }: FormEndProps) => (
  <>
    {error && <ErrorNotice error={error} />}
    <div class="buttons">
      <button type="button" onClick={close}>
        Cancel
      </button>
      <button type="submit" class="primary" disabled={isRunning}>
        {label}
      </button>
    </div>
  </>
);

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
