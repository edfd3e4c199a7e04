import { useEffect, useState } from "preact/hooks";
import { hideSecretValues } from "../../../client/src/hideSecrets.js";
import { fetchObject } from "../api/apiClient.ts";
import { Dialog } from "./Dialog.tsx";
import { LoadingNotice } from "./Notices.tsx";

/** A button that opens a dialog with an object of the API, without secrets. */
export function JsonButton({ path, label, short = false }: { path: string; label: string; short?: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="quiet" onClick={() => setOpen(true)}>
        {short ? <span class="visually-hidden">{label} as </span> : `${label} as `}
        JSON
      </button>
      {open && <JsonDialog path={path} label={label} close={() => setOpen(false)} />}
    </>
  );
}

function JsonDialog({ path, label, close }: { path: string; label: string; close: () => void }) {
  const [text, setText] = useState<string>();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    fetchObject(path).then(
      (object) => setText(JSON.stringify(hideSecretValues(object), null, 2)),
      (error: Error) => setText(error.message),
    );
  }, [path]);
  const copy = async () => {
    await navigator.clipboard.writeText(text ?? "");
    setCopied(true);
  };
  return (
    <Dialog title={label} close={close} wide>
      <p class="path">GET {path}</p>
      {text === undefined ? (
        <LoadingNotice what={label} />
      ) : (
        // Focusable, so that the keyboard can scroll it.
        <pre class="json" tabIndex={0} aria-label={`${label} as JSON`} role="region">
          {text}
        </pre>
      )}
      <div class="buttons">
        <button type="button" onClick={() => void copy()} disabled={text === undefined}>
          {copied ? "Copied" : "Copy"}
        </button>
        <button type="button" class="primary" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
