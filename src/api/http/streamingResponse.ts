import type { ServerResponse } from "node:http";

const endless = new WeakSet<ServerResponse>();

/**
 * Marks an answer that has no end of its own: it may take as long as it likes, and a client that goes away has been served.
 * Whoever sends it sees to it that the client takes what is sent.
 */
export const markEndless = (response: ServerResponse): void => void endless.add(response);

/** @see markEndless */
export const isEndless = (response: ServerResponse): boolean => endless.has(response);
