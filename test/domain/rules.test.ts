import { describe, expect, test } from "vitest";
import { configuredSchedds, defaultClusterLocations, scheddOf } from "../../src/domain/clusters.js";
import { isWellFormedTag, normalizePriority, normalizeTag, pilotTagCandidates } from "../../src/domain/taskforce.js";

describe("pilot tags", () => {
  const listing = [
    "ewms-pilot:0.9.12",
    "ewms-pilot:0.10.3",
    "ewms-pilot:0.10.3-abc",
    "other:9.9.9",
    "ewms-pilot:fix-1a2b",
  ];

  test.each([
    ["1.2.3", true],
    ["latest", true],
    ["my.branch-1a2b3c", true],
    ["1.2", false],
    ["1.2.3.4", false],
    ["latest2", false],
    ["../etc-1", false],
    ["Branch-1", false],
    ["", false],
    ["1.2.3\n", false],
  ])("%j is well-formed: %s", (tag, ok) => {
    expect(isWellFormedTag(tag)).toBe(ok);
  });

  test("a leading v is dropped only before a digit", () => {
    expect(["v1.2.3", "very-1", "vv1"].map(normalizeTag)).toEqual(["1.2.3", "very-1", "vv1"]);
  });

  test("latest is the numerically highest release", () => {
    expect(pilotTagCandidates("latest", listing)).toEqual(["0.10.3", "0.9.12"]);
    expect(pilotTagCandidates("latest", ["ewms-pilot:fix-1a2b"])).toEqual([]);
  });

  test("an image that is called latest comes before the releases", () => {
    expect(pilotTagCandidates("latest", [...listing, "ewms-pilot:latest"])).toEqual(["latest", "0.10.3", "0.9.12"]);
  });

  test("any other tag stands for itself if its image exists", () => {
    expect(pilotTagCandidates("fix-1a2b", listing)).toEqual(["fix-1a2b"]);
    expect(pilotTagCandidates("9.9.9", listing)).toEqual([]);
  });
});

describe("cluster locations", () => {
  const clusters = defaultClusterLocations(false);

  test("an alias resolves to its cluster's schedd; hostile names are unknown", () => {
    expect(scheddOf(clusters, "sub-2")).toBe(scheddOf(clusters, "osg"));
    for (const name of ["nowhere", "constructor", "__proto__", ""]) expect(scheddOf(clusters, name)).toBeUndefined();
  });

  test("each schedd is listed once", () => {
    expect(configuredSchedds(clusters)).toEqual(["grid-submitter.icecube.wisc.edu", "SCHEDD1", "SCHEDD2"]);
  });
});

test("priorities are 50 by default and 100 at most", () => {
  expect([undefined, 0, 100, 101, -5].map(normalizePriority)).toEqual([50, 0, 100, 100, -5]);
});
