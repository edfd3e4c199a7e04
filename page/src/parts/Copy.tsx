import { useState } from "preact/hooks";

/** A button that copies a text. @param what is copied, for screen readers, such as `id of the taskforce` */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [state, setState] = useState<"Copy" | "Copied" | "Copying failed">("Copy");
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState("Copied"),
      () => setState("Copying failed"),
    );
  return (
    <button type="button" class="quiet" onClick={() => void copy()}>
      {state}
      <span class="visually-hidden"> {what}</span>
    </button>
  );
}
