/** Coalesces a burst of calls into one. @param delayMs between the first call of a burst and the callback */
export function coalesceCalls(delayMs: number, callback: () => void): { (): void; cancel(): void } {
  let timer: number | undefined;
  const schedule = () => {
    timer ??= window.setTimeout(() => {
      timer = undefined;
      callback();
    }, delayMs);
  };
  return Object.assign(schedule, { cancel: () => clearTimeout(timer) });
}
