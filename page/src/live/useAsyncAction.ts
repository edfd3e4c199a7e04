import { useState } from "preact/hooks";

/** Runs an action of a button or dialog, and holds its error. After a success it stays disabled until it is unmounted. */
export function useAsyncAction() {
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<Error>();
  const run = (action: () => Promise<void>) => {
    setIsRunning(true);
    setError(undefined);
    action().catch((failure: Error) => {
      setIsRunning(false);
      setError(failure);
    });
  };
  return { isRunning, error, run };
}
