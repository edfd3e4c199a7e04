import { describe, expect, test } from "vitest";
import { cutCompoundStatuses, cutSubmitDict, cutTopTaskErrors } from "../../src/domain/cutReports.js";
import { MAX_REPORTED_MAP_BYTES, MAX_TEXT_BYTES, MAX_TOP_TASK_ERRORS } from "../../src/domain/entityLimits.js";
import { createYielder } from "../../src/domain/time.js";

const jsonBytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const numbered = <V>(count: number, makeValue: (index: number) => V) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`entry ${index}`, makeValue(index)]));

describe("top_task_errors", () => {
  test("up to 1,000 entries stay unchanged", () => {
    const errors = numbered(MAX_TOP_TASK_ERRORS, (index) => index);
    expect(cutTopTaskErrors(errors)).toEqual({ value: errors, cut: undefined });
  });

  test("of more entries, those with the largest counts stay, and of equal ones the first", () => {
    const errors = numbered(200_000, (index) => (index % 300 === 0 ? 5 : 1));
    const { value, cut } = cutTopTaskErrors(errors);
    expect(Object.keys(value)).toHaveLength(MAX_TOP_TASK_ERRORS);
    expect(Object.values(value).filter((count) => count === 5)).toHaveLength(667);
    expect(value).toMatchObject({ "entry 1": 1, "entry 199800": 5 });
    expect(cut).toBe("199000 of 200000 errors left out, 0 shortened");
  });

  test("long texts are cut, and counts of texts that become equal are added", () => {
    const long = "x".repeat(10_000);
    const { value, cut } = cutTopTaskErrors({ [`${long}a`]: 3, short: 1, [`${long}b`]: 4 });
    const [cutError = "", short] = Object.keys(value);
    expect(Object.values(value)).toEqual([7, 1]);
    expect(short).toBe("short");
    expect(Buffer.byteLength(cutError)).toBe(MAX_TEXT_BYTES);
    expect(cut).toBe("0 of 3 errors left out, 2 shortened");
  });

  test("a key of any name is an entry", () => {
    const errors = JSON.parse(`{"__proto__": 2, "${"x".repeat(9000)}": 1}`);
    expect(Object.keys(cutTopTaskErrors(errors).value)).toContain("__proto__");
  });
});

describe("submit_dict", () => {
  test("a small one stays unchanged", () => {
    const dict = { executable: "/bin/pilot", queue: 7 };
    expect(cutSubmitDict(dict)).toEqual({ value: dict, cut: undefined });
  });

  test("entries that do not fit into 1 MiB are left out, and an entry says so", () => {
    const { value, cut } = cutSubmitDict({
      first: "a",
      large: "x".repeat(31_000_000),
      last: 7,
      "": '"'.repeat(600_000),
    });
    expect(value).toEqual({
      first: "a",
      last: 7,
      "[cut]": "2 of 4 entries left out: at most 1048576 bytes are stored",
    });
    expect(cut).toBe("2 of 4 entries left out");
  });

  test("many entries are cut to 1 MiB", () => {
    const { value } = cutSubmitDict(numbered(10_000, () => "ü".repeat(100)));
    expect(jsonBytes(value)).toBeLessThanOrEqual(MAX_REPORTED_MAP_BYTES);
    expect(jsonBytes(value)).toBeGreaterThan(MAX_REPORTED_MAP_BYTES - 1000);
  });
});

describe("compound_statuses", () => {
  test("small ones stay unchanged", async () => {
    const statuses = { RUNNING: { Processing: 3 }, IDLE: {} };
    expect(await cutCompoundStatuses(statuses, createYielder())).toEqual({ value: statuses, cut: undefined });
  });

  test("large ones within the limit stay unchanged", async () => {
    const statuses = { RUNNING: numbered(40_000, (index) => index) };
    expect(await cutCompoundStatuses(statuses, createYielder())).toEqual({ value: statuses, cut: undefined });
  });

  test("counts that do not fit into 1 MiB are left out", async () => {
    const statuses = { RUNNING: numbered(100_000, () => 1), ["x".repeat(2_000_000)]: { a: 1 }, IDLE: {} };
    const { value, cut } = await cutCompoundStatuses(statuses, createYielder());
    expect(value["RUNNING"]).toMatchObject({ "entry 0": 1 });
    expect(jsonBytes(value)).toBeLessThanOrEqual(MAX_REPORTED_MAP_BYTES);
    expect(cut).toMatch(/^\d+ of 100003 entries left out$/);
  });
});
