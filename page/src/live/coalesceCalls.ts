/**
 * Puts calls together that come in a burst.
 *
 * @param milliseconds after the first of them it is done once
 */
export function soon(milliseconds: number, act: () => void): { (): void; cancel(): void } {
  let timer: number | undefined;
  const ask = () => {
    timer ??= window.setTimeout(() => {
      timer = undefined;
      act();
    }, milliseconds);
  };
  return Object.assign(ask, { cancel: () => clearTimeout(timer) });
}
