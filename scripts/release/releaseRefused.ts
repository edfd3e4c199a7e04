/** A release that is not made. The message is one sentence with the next step, for the terminal. */
export class ReleaseRefused extends Error {}
