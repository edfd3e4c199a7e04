/** An operation of a client. Times are milliseconds of one clock. */
export interface Operation<Call> {
  readonly call: Call;
  readonly sentAtMs: number;
  /** Until when it may have taken effect. */
  readonly endedAtMs: number;
  /** Whether it may have had no effect at all, because its client got no answer. */
  readonly isOptional: boolean;
}

/** The times at which an operation may take effect, in milliseconds. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A state after an operation, and when the operation took effect. */
export interface Effect<State> {
  readonly state: State;
  readonly atMs: number;
}

/** What a system of one thread does. */
export interface SequentialModel<State, Call> {
  readonly initial: State;
  /** @returns the possible effects within a window, the earliest of each kind; none if the call is impossible then */
  step(state: State, call: Call, window: Window): readonly Effect<State>[];
  /** A text that is equal for equal states. */
  keyOf(state: State): string;
}

/** Whether a history is linearizable; `undecided` when the search takes too many steps. */
export type Verdict = "linearizable" | "not linearizable" | "undecided";

const MAX_STEPS = 200_000;

/**
 * Decides whether operations that ran side by side can be put in an order in which the model does the same: each at one time
 * between its request and its response. The search is that of Wing and Gong, with a memory of the states that it has tried.
 */
export function checkLinearizability<State, Call>(
  model: SequentialModel<State, Call>,
  operations: readonly Operation<Call>[],
): Verdict {
  const ordered = operations.toSorted((one, other) => one.endedAtMs - other.endedAtMs);
  const tried = new Set<string>();
  let steps = 0;

  const search = (pending: readonly number[], state: State, nowMs: number): Verdict => {
    const at = (index: number) => ordered[index] as Operation<Call>;
    const mandatory = pending.filter((index) => !at(index).isOptional);
    if (mandatory.length === 0) return "linearizable";
    const key = `${pending.join()} ${nowMs} ${model.keyOf(state)}`;
    if (tried.has(key)) return "not linearizable";
    tried.add(key);
    // An operation that begins later would come after one that has ended.
    const firstEndMs = Math.min(...mandatory.map((index) => at(index).endedAtMs));
    for (const index of pending) {
      const { call, sentAtMs, endedAtMs } = at(index);
      const window = { fromMs: Math.max(nowMs, sentAtMs), toMs: Math.min(endedAtMs, firstEndMs) };
      if (window.fromMs > window.toMs) continue;
      for (const effect of model.step(state, call, window)) {
        if (++steps > MAX_STEPS) return "undecided";
        const others = pending.filter((other) => other !== index);
        const verdict = search(others, effect.state, effect.atMs);
        if (verdict !== "not linearizable") return verdict;
      }
    }
    return "not linearizable";
  };
  return search([...ordered.keys()], model.initial, Number.NEGATIVE_INFINITY);
}
