/** Lets the browser paint and handle input between two parts of long work. */
export const yieldToBrowser = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
