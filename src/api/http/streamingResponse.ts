import type { ServerResponse } from "node:http";

const streamingResponses = new WeakSet<ServerResponse>();

/**
 * Marks an answer that has no end of its own: it may take as long as it likes, and a client that goes away has been served.
 * Whoever sends it sees to it that the client takes what is sent.
 */
export const markAsStreaming = (response: ServerResponse): void => void streamingResponses.add(response);

/** @see markAsStreaming */
export const isStreamingResponse = (response: ServerResponse): boolean => streamingResponses.has(response);
