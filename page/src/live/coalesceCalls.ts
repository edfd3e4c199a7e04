/**
 * Puts calls together that come in a burst.
 *
 * @param delayMs after the first of them it is done once
 */
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
