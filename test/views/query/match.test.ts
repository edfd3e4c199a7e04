import { describe, expect, test } from "vitest";
import { ConditionTooCostlyError } from "../../../src/views/query/meter.js";
import { compileFilter } from "./compileFilter.js";

type Row = [filter: object, document: object, matches: boolean];

/** Each row: a filter, a document, and whether MongoDB finds the document. */
const ROWS: Record<string, Row[]> = {
  "equality of scalars": [
    [{}, { a: 1 }, true],
    [{ a: 1 }, { a: 1 }, true],
    [{ a: 1 }, { a: 2 }, false],
    [{ a: 1 }, { a: "1" }, false],
    [{ a: 1 }, { a: true }, false],
    [{ a: 0 }, { a: -0 }, true],
    [{ a: "x" }, { a: "X" }, false],
    [{ a: true }, { a: true }, true],
    [{ a: 1, b: 2 }, { a: 1, b: 2 }, true],
    [{ a: 1, b: 2 }, { a: 1, b: 3 }, false],
    [{ a: { $eq: 1 } }, { a: 1 }, true],
    [{ "": 1 }, { "": 1 }, true],
  ],
  "null and missing": [
    [{ a: null }, { a: null }, true],
    [{ a: null }, {}, true],
    [{ a: null }, { a: 0 }, false],
    [{ a: null }, { a: "" }, false],
    [{ a: null }, { a: [] }, false],
    [{ a: null }, { a: [null] }, true],
    [{ a: null }, { a: [1, null] }, true],
    [{ a: null }, { a: {} }, false],
    [{ a: { $ne: null } }, {}, false],
    [{ a: { $ne: null } }, { a: null }, false],
    [{ a: { $ne: null } }, { a: 0 }, true],
    [{ a: { $ne: null } }, { a: [] }, true],
    [{ a: { $ne: null } }, { a: [null, 1] }, false],
    [{ "a.b": null }, {}, true],
    [{ "a.b": null }, { a: null }, true],
    [{ "a.b": null }, { a: 5 }, true],
    [{ "a.b": null }, { a: {} }, true],
    [{ "a.b": null }, { a: { b: null } }, true],
    [{ "a.b": null }, { a: { b: 1 } }, false],
    [{ "a.b": null }, { a: [] }, false],
    [{ "a.b": null }, { a: [1, 2] }, false],
    [{ "a.b": null }, { a: [null] }, false],
    [{ "a.b": null }, { a: [{}] }, true],
    [{ "a.b": null }, { a: [{ b: 1 }, {}] }, true],
    [{ "a.b": null }, { a: [{ b: 1 }, { b: null }] }, true],
    [{ "a.b": null }, { a: [{ b: 1 }, { b: 2 }] }, false],
    [{ "a.b": null }, { a: [{ b: [] }] }, false],
    [{ "a.b": { $ne: null } }, { a: [{ b: 1 }, {}] }, false],
    [{ "a.b": { $ne: null } }, { a: [] }, true],
  ],
  "paths and arrays": [
    [{ "a.b": 1 }, { a: { b: 1 } }, true],
    [{ "a.b": 1 }, { "a.b": 1 }, false],
    [{ a: 1 }, { a: [1, 2] }, true],
    [{ a: 3 }, { a: [1, 2] }, false],
    [{ a: 1 }, { a: [[1]] }, false],
    [{ a: [1, 2] }, { a: [1, 2] }, true],
    [{ a: [1, 2] }, { a: [2, 1] }, false],
    [{ a: [1, 2] }, { a: [1, 2, 3] }, false],
    [{ a: [1, 2] }, { a: [[1, 2], 3] }, true],
    [{ a: [] }, { a: [] }, true],
    [{ a: [] }, { a: [[]] }, true],
    [{ a: [] }, { a: [1] }, false],
    [{ "a.b": 1 }, { a: [{ b: 1 }, { b: 2 }] }, true],
    [{ "a.b": 3 }, { a: [{ b: 1 }, { b: 2 }] }, false],
    [{ "a.b": 1 }, { a: [{ b: [1, 2] }] }, true],
    [{ "a.b": [1, 2] }, { a: [{ b: [1, 2] }] }, true],
    [{ "a.b": 1 }, { a: [[{ b: 1 }]] }, false],
    [{ "a.b.c": 1 }, { a: [{ b: [{ c: 1 }] }] }, true],
    [{ "a.b": 1, "a.c": 2 }, { a: [{ b: 1 }, { c: 2 }] }, true],
    [{ "a.0": 1 }, { a: [1, 2] }, true],
    [{ "a.1": 1 }, { a: [1, 2] }, false],
    [{ "a.0": 1 }, { a: { 0: 1 } }, true],
    [{ "a.0": 1 }, { a: [{ 0: 1 }] }, true],
    [{ "a.0": 1 }, { a: [[1, 2]] }, false],
    [{ "a.0": [1, 2] }, { a: [[1, 2]] }, true],
    [{ "a.0.0": 1 }, { a: [[1, 2]] }, true],
    [{ "a.0.b": 1 }, { a: [{ b: 1 }, { b: 2 }] }, true],
    [{ "a.1.b": 1 }, { a: [{ b: 1 }, { b: 2 }] }, false],
    [{ "a.0.b": 1 }, { a: [[{ b: 1 }]] }, true],
    [{ "a.0.b": { $ne: null } }, { a: [{ b: 1 }] }, true],
    [{ "a.00": 1 }, { a: [1] }, false],
    [{ "a.-1": 1 }, { a: [1] }, false],
    [{ "a.0": "x" }, { a: "x" }, false],
    [{ "a.length": 1 }, { a: [5] }, false],
    // MongoDB finds these two.
    [{ "a.0": null }, { a: [{ b: 1 }] }, false],
    [{ "a.0.b": null }, { a: [{ b: 1 }] }, false],
    [{ "a.1": null }, { a: [{ b: 1 }] }, true],
    [{ "a.5": null }, { a: [1, 2] }, false],
    [{ "a.5": { $exists: false } }, { a: [1, 2] }, true],
    [{ "a.b.c": null }, { a: [{ b: 5 }] }, true],
    [{ "a.b.c": null }, { a: { b: [5] } }, false],
    [{ "a.": 1 }, { a: { "": 1 } }, true],
  ],
  "equality of objects": [
    [{ a: { b: 1 } }, { a: { b: 1 } }, true],
    [{ a: { b: 1 } }, { a: { b: 1, c: 2 } }, false],
    [{ a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } }, false],
    [{ a: {} }, { a: {} }, true],
    [{ a: {} }, { a: { b: 1 } }, false],
    [{ a: { b: 1 } }, { a: [{ b: 1 }, 2] }, true],
    [{ a: { b: null } }, { a: {} }, false],
    [{ a: { b: null } }, { a: { c: null } }, false],
    [{ a: { 0: 1 } }, { a: [[1]] }, false],
    [{ a: { b: [{ c: {} }] } }, { a: { b: [{ c: {} }] } }, true],
    [{ a: { b: [{ c: {} }] } }, { a: { b: [{ c: [] }] } }, false],
    [{ a: { b: [1] } }, { a: { b: 1 } }, false],
    [{ a: { $eq: { b: 1 } } }, { a: { b: 1 } }, true],
    [{ a: { $ne: { b: 1 } } }, { a: { b: 1 } }, false],
  ],
  "comparisons stay within a type": [
    [{ a: { $gt: 1 } }, { a: 2 }, true],
    [{ a: { $gt: 1 } }, { a: 1 }, false],
    [{ a: { $gte: 1 } }, { a: 1 }, true],
    [{ a: { $lt: 1 } }, { a: 0.5 }, true],
    [{ a: { $lte: 1 } }, { a: 1 }, true],
    [{ a: { $gt: 1 } }, { a: "2" }, false],
    [{ a: { $gt: "1" } }, { a: 2 }, false],
    [{ a: { $lt: 1 } }, {}, false],
    [{ a: { $lt: 1 } }, { a: null }, false],
    [{ a: { $gt: "" } }, { a: "a" }, true],
    [{ a: { $gt: "a" } }, { a: "B" }, false],
    [{ a: { $gt: "a" } }, { a: "aa" }, true],
    [{ a: { $gt: "\uffff" } }, { a: "\u{1f600}" }, true],
    [{ a: { $lt: "\u{1f600}" } }, { a: "\ue000" }, true],
    [{ a: { $gt: false } }, { a: true }, true],
    [{ a: { $gt: false } }, { a: 1 }, false],
    [{ a: { $gte: null } }, { a: null }, true],
    [{ a: { $gte: null } }, {}, true],
    [{ a: { $lte: null } }, {}, true],
    [{ a: { $gte: null } }, { a: 0 }, false],
    [{ a: { $gte: null } }, { a: [] }, false],
    [{ a: { $gte: null } }, { a: {} }, false],
    [{ a: { $gt: null } }, { a: null }, false],
    [{ a: { $gt: 5 } }, { a: [1, 9] }, true],
    [{ a: { $gt: 5, $lt: 3 } }, { a: [1, 9] }, true],
    [{ a: { $gt: 5 } }, { a: [] }, false],
    [{ a: { $gt: 0 } }, { a: [[5]] }, false],
    [{ a: { $gt: 0 } }, { a: { b: 5 } }, false],
    [{ "a.b": { $gt: 5 } }, { a: [{ b: 1 }, { b: 6 }] }, true],
    [{ a: { $gte: "a", $lt: "b" } }, { a: "abc" }, true],
    [{ a: { $gte: null } }, { a: [1, null] }, true],
    [{ a: { $lt: true } }, { a: 0 }, false],
  ],
  "order of whole objects and arrays": [
    [{ a: { $gt: {} } }, { a: { b: 1 } }, true],
    [{ a: { $gt: {} } }, { a: {} }, false],
    [{ a: { $gte: {} } }, { a: {} }, true],
    [{ a: { $gte: {} } }, { a: [] }, false],
    [{ a: { $gte: {} } }, { a: [5, {}] }, true],
    [{ a: { $gt: { b: 1 } } }, { a: { b: 2 } }, true],
    [{ a: { $gt: { b: 1 } } }, { a: { b: 1, c: 0 } }, true],
    [{ a: { $lt: { b: 1 } } }, { a: { a: 9 } }, true],
    [{ a: { $gt: { b: 1 } } }, { a: { a: "x" } }, true],
    [{ a: { $gt: { b: [] } } }, { a: { b: true } }, true],
    [{ a: { $lt: { b: 0 } } }, { a: { b: null } }, true],
    [{ a: { $lte: { b: { c: [1, 2] } } } }, { a: { b: { c: [1, 2] } } }, true],
    [{ a: { $lt: { b: { c: [1, 2] } } } }, { a: { b: { c: [1, 1, 9] } } }, true],
    [{ a: { $gt: [1, 2] } }, { a: [1, 3] }, true],
    [{ a: { $gt: [1, 2] } }, { a: [1, 2] }, false],
    [{ a: { $gt: [1, 2] } }, { a: [1, 2, 0] }, true],
    [{ a: { $gt: [1, 2] } }, { a: ["", 0] }, true],
    [{ a: { $gt: [1, 2] } }, { a: [0, [2]] }, true],
    [{ a: { $gt: [1, 2] } }, { a: 3 }, false],
    [{ a: { $lt: [1] } }, { a: [] }, true],
    [{ a: { $not: { $gt: [1] } } }, { a: { b: 1 } }, true],
  ],
  "$in and $nin": [
    [{ a: { $in: [1, 2] } }, { a: 2 }, true],
    [{ a: { $in: [1, 2] } }, { a: 3 }, false],
    [{ a: { $in: ["1"] } }, { a: 1 }, false],
    [{ a: { $in: [1] } }, { a: [3, 1] }, true],
    [{ a: { $in: [null] } }, {}, true],
    [{ a: { $in: [null] } }, { a: null }, true],
    [{ a: { $in: [null] } }, { a: 0 }, false],
    [{ a: { $in: [[1, 2]] } }, { a: [1, 2] }, true],
    [{ a: { $in: [[1, 2]] } }, { a: [[1, 2]] }, true],
    [{ a: { $in: [[1, 2]] } }, { a: 1 }, false],
    [{ a: { $in: [{ b: 1 }] } }, { a: { b: 1 } }, true],
    [{ a: { $in: [] } }, { a: 1 }, false],
    [{ a: { $in: [] } }, {}, false],
    [{ a: { $nin: [1, 2] } }, { a: 3 }, true],
    [{ a: { $nin: [1, 2] } }, { a: [3, 1] }, false],
    [{ a: { $nin: [1, 2] } }, {}, true],
    [{ a: { $nin: [null] } }, {}, false],
    [{ a: { $nin: [] } }, {}, true],
    [{ a: { $ne: 1 } }, { a: [1, 2] }, false],
    [{ a: { $ne: 1 } }, { a: [2, 3] }, true],
    [{ a: { $ne: 1 } }, {}, true],
    [{ "a.b": { $ne: 1 } }, { a: [{ b: 1 }, { b: 2 }] }, false],
    [{ "a.b": { $nin: [1] } }, { a: [{ b: 2 }] }, true],
    [{ a: { $ne: [1, 2] } }, { a: [1, 2] }, false],
    [{ a: { $in: [[]] } }, { a: [] }, true],
    [{ a: { $in: [null, [1]] } }, { a: [[1]] }, true],
    [{ a: { $nin: [[1]] } }, { a: [1] }, false],
    [{ "a.b": { $in: [null, 5] } }, { a: [1] }, false],
    [{ "a.b": { $nin: [null] } }, { a: [] }, true],
    [{ a: { $in: ["/^x/"] } }, { a: "xy" }, false],
    [{ a: { $in: ["/^x/"] } }, { a: "/^x/" }, true],
  ],
  "$and, $or, $nor, $not": [
    [{ $and: [{ a: 1 }, { b: 2 }] }, { a: 1, b: 2 }, true],
    [{ $and: [{ a: 1 }, { b: 2 }] }, { a: 1 }, false],
    [{ $or: [{ a: 1 }, { b: 2 }] }, { b: 2 }, true],
    [{ $or: [{ a: 1 }, { b: 2 }] }, { b: 3 }, false],
    [{ $or: [{}] }, {}, true],
    [{ $nor: [{ a: 1 }, { b: 2 }] }, { a: 2 }, true],
    [{ $nor: [{ a: 1 }, { b: 2 }] }, { b: 2 }, false],
    [{ c: 1, $or: [{ a: 1 }, { $and: [{ b: 2 }] }] }, { b: 2, c: 1 }, true],
    [{ c: 1, $or: [{ a: 1 }] }, { a: 1 }, false],
    [{ $and: [{ a: { $gt: 1 } }, { a: { $lt: 3 } }] }, { a: 2 }, true],
    [{ $comment: "why", a: 1 }, { a: 1 }, true],
    [{ a: { $not: { $gt: 1 } } }, { a: 1 }, true],
    [{ a: { $not: { $gt: 1 } } }, { a: 2 }, false],
    [{ a: { $not: { $gt: 1 } } }, {}, true],
    [{ a: { $not: { $gt: 1 } } }, { a: "x" }, true],
    [{ a: { $not: { $gt: 5 } } }, { a: [1, 9] }, false],
    [{ a: { $not: { $gt: 1, $lt: 5 } } }, { a: 9 }, true],
    [{ a: { $not: { $gt: 1, $lt: 5 } } }, { a: 3 }, false],
    [{ a: { $not: { $not: { $eq: 1 } } } }, { a: 1 }, true],
    [{ a: { $not: { $regex: "^x" } } }, { a: "xy" }, false],
    [{ a: { $not: { $regex: "^X", $options: "i" } } }, { a: "xy" }, false],
    [{ a: { $not: { $regex: "^x" } } }, { a: 5 }, true],
    [{ a: { $gt: 0, $not: { $gt: 5 } } }, { a: 3 }, true],
    [{ "a.b": { $not: { $eq: null } } }, { a: [] }, true],
    [{ a: { $not: { $exists: true } } }, {}, true],
    [{ a: { $not: { $in: [1] } } }, { a: [1, 2] }, false],
    [{ a: { $not: { $size: 1 } } }, {}, true],
    [{ a: { $not: { $all: [1, 2] } } }, { a: [1] }, true],
    [{ a: { $not: { $elemMatch: { b: 1 } } } }, { a: [{ b: 2 }] }, true],
    [{ $nor: [{ $and: [{ a: 1 }, { $or: [{ b: 2 }, { b: 3 }] }] }] }, { a: 1, b: 3 }, false],
    [{ $nor: [{ $and: [{ a: 1 }, { $or: [{ b: 2 }, { b: 3 }] }] }] }, { a: 1, b: 4 }, true],
  ],
  $exists: [
    [{ a: { $exists: true } }, { a: null }, true],
    [{ a: { $exists: true } }, { a: [] }, true],
    [{ a: { $exists: true } }, {}, false],
    [{ a: { $exists: false } }, {}, true],
    [{ a: { $exists: false } }, { a: null }, false],
    [{ a: { $exists: 1 } }, { a: 0 }, true],
    [{ a: { $exists: 0 } }, { a: 0 }, false],
    [{ "a.b": { $exists: true } }, { a: [{}, { b: null }] }, true],
    [{ "a.b": { $exists: false } }, { a: [{}, { b: null }] }, false],
    [{ "a.b": { $exists: false } }, { a: [] }, true],
    [{ "a.b": { $exists: false } }, { a: 5 }, true],
    [{ "a.0": { $exists: true } }, { a: [1] }, true],
    [{ "a.1": { $exists: true } }, { a: [1] }, false],
    [{ "a.0": { $exists: true } }, { a: [] }, false],
    [{ "a.0": { $exists: false } }, { a: [] }, true],
  ],
  $type: [
    [{ a: { $type: "string" } }, { a: "x" }, true],
    [{ a: { $type: 2 } }, { a: "x" }, true],
    [{ a: { $type: "string" } }, { a: [1, "x"] }, true],
    [{ a: { $type: "number" } }, { a: 1.5 }, true],
    [{ a: { $type: "int" } }, { a: 5 }, true],
    [{ a: { $type: 16 } }, { a: 5.5 }, false],
    [{ a: { $type: "long" } }, { a: 5_000_000_000 }, true],
    [{ a: { $type: "long" } }, { a: 5 }, false],
    [{ a: { $type: "double" } }, { a: 1.5 }, true],
    [{ a: { $type: 1 } }, { a: 1 }, false],
    [{ a: { $type: "bool" } }, { a: false }, true],
    [{ a: { $type: "null" } }, { a: null }, true],
    [{ a: { $type: "null" } }, {}, false],
    [{ a: { $type: 10 } }, { a: [null] }, true],
    [{ a: { $type: "object" } }, { a: {} }, true],
    [{ a: { $type: "object" } }, { a: [] }, false],
    [{ a: { $type: "object" } }, { a: [{}] }, true],
    [{ a: { $type: "array" } }, { a: [] }, true],
    [{ a: { $type: 4 } }, { a: [1] }, true],
    [{ a: { $type: "array" } }, { a: 1 }, false],
    [{ a: { $type: ["string", "null"] } }, { a: null }, true],
    [{ a: { $type: ["string", 8] } }, { a: 1 }, false],
    [{ a: { $type: "date" } }, { a: "2020-01-01" }, false],
    [{ a: { $type: ["number", "string"] } }, { a: [true, "x"] }, true],
    [{ a: { $type: "number" } }, { a: ["1"] }, false],
    [{ a: { $type: "array" } }, { a: [[]] }, true],
    [{ "a.b": { $type: "array" } }, { a: [{ b: 1 }] }, false],
    [{ "a.b": { $type: "array" } }, { a: [{ b: [] }] }, true],
    [{ "a.0": { $type: "array" } }, { a: [[]] }, true],
    [{ a: { $type: "null" } }, { a: [] }, false],
  ],
  "$regex, in the syntax of RE2": [
    [{ a: { $regex: "b" } }, { a: "abc" }, true],
    [{ a: { $regex: "^b" } }, { a: "abc" }, false],
    [{ a: { $regex: "B" } }, { a: "abc" }, false],
    [{ a: { $regex: "B", $options: "i" } }, { a: "abc" }, true],
    [{ a: { $options: "i", $regex: "B" } }, { a: "abc" }, true],
    [{ a: { $regex: "^b", $options: "m" } }, { a: "a\nb" }, true],
    [{ a: { $regex: "^b" } }, { a: "a\nb" }, false],
    [{ a: { $regex: "a.b" } }, { a: "a\nb" }, false],
    [{ a: { $regex: "A.b", $options: "si" } }, { a: "a\nb" }, true],
    [{ a: { $regex: "(?i)B" } }, { a: "abc" }, true],
    [{ a: { $regex: "b" } }, { a: ["x", "b"] }, true],
    [{ a: { $regex: "1" } }, { a: 1 }, false],
    [{ a: { $regex: "" } }, { a: "" }, true],
    [{ a: { $regex: "" } }, {}, false],
    [{ a: { $regex: "b", $ne: "abc" } }, { a: "abc" }, false],
    [{ "a.b": { $regex: "^x" } }, { a: [{ b: 1 }, { b: "xy" }] }, true],
    [{ a: { $regex: "É", $options: "iu" } }, { a: "né" }, true],
    // Unlike in PCRE, $ in RE2 does not match before a final line break.
    [{ a: { $regex: "b$" } }, { a: "ab\n" }, false],
    [{ a: { $regex: "b$", $options: "m" } }, { a: "ab\n" }, true],
  ],
  $elemMatch: [
    [{ a: { $elemMatch: { $gt: 5, $lt: 8 } } }, { a: [1, 9] }, false],
    [{ a: { $elemMatch: { $gt: 5, $lt: 8 } } }, { a: [1, 6] }, true],
    [{ a: { $elemMatch: { $eq: 1 } } }, { a: 1 }, false],
    [{ a: { $elemMatch: { $gt: 1 } } }, { a: [[2]] }, false],
    [{ a: { $elemMatch: { $elemMatch: { $gt: 1 } } } }, { a: [[2]] }, true],
    [{ a: { $elemMatch: { $size: 1 } } }, { a: [[2]] }, true],
    [{ a: { $elemMatch: { $ne: 1 } } }, { a: [1, 2] }, true],
    [{ a: { $elemMatch: { $nin: [1] } } }, { a: [1] }, false],
    [{ a: { $elemMatch: { $not: { $gt: 1 } } } }, { a: [5, 1] }, true],
    [{ a: { $elemMatch: { $exists: true } } }, { a: [] }, false],
    [{ a: { $elemMatch: { b: 1, c: 2 } } }, { a: [{ b: 1 }, { c: 2 }] }, false],
    [{ a: { $elemMatch: { b: 1, c: 2 } } }, { a: [{ b: 1, c: 2 }] }, true],
    [{ a: { $elemMatch: { b: 1 } } }, { a: { b: 1 } }, false],
    [{ a: { $elemMatch: { b: null } } }, { a: [1, "x"] }, false],
    [{ a: { $elemMatch: { b: null } } }, { a: [{}] }, true],
    [{ a: { $elemMatch: {} } }, { a: [1] }, false],
    [{ a: { $elemMatch: {} } }, { a: [{}] }, true],
    [{ a: { $elemMatch: { 0: 5 } } }, { a: [[5]] }, true],
    [{ a: { $elemMatch: { $or: [{ b: 1 }, { b: 2 }] } } }, { a: [{ b: 2 }] }, true],
    [{ a: { $elemMatch: { "b.c": { $gt: 1 } } } }, { a: [{ b: [{ c: 2 }] }] }, true],
    [{ "a.b": { $elemMatch: { $gt: 1 } } }, { a: [{ b: [0] }, { b: [2] }] }, true],
    [{ "a.0": { $elemMatch: { $eq: 1 } } }, { a: [[1]] }, true],
    [{ a: { $elemMatch: { b: null } } }, { a: [[]] }, true],
    [{ a: { $elemMatch: { b: 1 } } }, { a: [[{ b: 1 }]] }, false],
    [{ a: { $elemMatch: { "0.b": 1 } } }, { a: [[{ b: 1 }]] }, true],
    [{ a: { $elemMatch: { length: 1 } } }, { a: [[5]] }, false],
    [{ a: { $elemMatch: { length: null } } }, { a: [[5]] }, true],
    [{ a: { $elemMatch: { $eq: null } } }, { a: [null] }, true],
    [{ a: { $elemMatch: { $eq: null } } }, { a: [] }, false],
    [{ a: { $elemMatch: { $in: [[1]] } } }, { a: [[1]] }, true],
    [{ a: { $elemMatch: { $all: [1, 2] } } }, { a: [[1, 2]] }, false],
    [{ a: { $elemMatch: { $type: "array" } } }, { a: [[]] }, true],
    [{ a: { $elemMatch: { $not: { $regex: "^x" } } } }, { a: ["xy"] }, false],
  ],
  $all: [
    [{ a: { $all: [1, 2] } }, { a: [2, 3, 1] }, true],
    [{ a: { $all: [1, 2] } }, { a: [1] }, false],
    [{ a: { $all: [1] } }, { a: 1 }, true],
    [{ a: { $all: [1, 1] } }, { a: 1 }, true],
    [{ a: { $all: [1, 2] } }, { a: 1 }, false],
    [{ a: { $all: [] } }, { a: [] }, false],
    [{ a: { $all: [] } }, {}, false],
    [{ a: { $all: [null] } }, {}, true],
    [{ a: { $all: [[1, 2]] } }, { a: [1, 2] }, true],
    [{ a: { $all: [[1, 2]] } }, { a: [[1, 2]] }, true],
    [{ "a.b": { $all: [1, 2] } }, { a: [{ b: 1 }, { b: 2 }] }, true],
    [{ a: { $all: [{ $elemMatch: { b: 1 } }, { $elemMatch: { c: 2 } }] } }, { a: [{ b: 1 }, { c: 2 }] }, true],
    [{ a: { $all: [{ $elemMatch: { b: 1 } }, { $elemMatch: { c: 3 } }] } }, { a: [{ b: 1 }, { c: 2 }] }, false],
    [{ a: { $all: [{ $elemMatch: { $gt: 1 } }] } }, { a: [2] }, true],
    [{ a: { $all: [[]] } }, { a: [] }, true],
    [{ a: { $all: [1, 2, 1, [3]] } }, { a: [[3], 2, 1] }, true],
    [{ a: { $all: [1, 2, [3]] } }, { a: [[3], 2, 2] }, false],
    [{ a: { $all: [0, null] } }, { a: [null, -0, 5] }, true],
    [{ "a.b": { $all: [0, null] } }, { a: [{ b: 0 }, {}] }, true],
    [{ a: { $all: ["1", true] } }, { a: [1, true, "true"] }, false],
    [{ a: { $all: [{ b: 1 }] } }, { a: [{ b: 1 }] }, true],
  ],
  "$size and $mod": [
    [{ a: { $size: 2 } }, { a: [1, 2] }, true],
    [{ a: { $size: 1 } }, { a: [1, 2] }, false],
    [{ a: { $size: 0 } }, { a: [] }, true],
    [{ a: { $size: 0 } }, {}, false],
    [{ a: { $size: 2 } }, { a: [[1, 2]] }, false],
    [{ a: { $size: 2 } }, { a: "xx" }, false],
    [{ "a.b": { $size: 1 } }, { a: [{ b: [1, 2] }, { b: [1] }] }, true],
    [{ a: { $mod: [4, 0] } }, { a: 8 }, true],
    [{ a: { $mod: [4, 1] } }, { a: 8 }, false],
    [{ a: { $mod: [4, 0] } }, { a: "8" }, false],
    [{ a: { $mod: [4, 0] } }, { a: null }, false],
    [{ a: { $mod: [4, 0] } }, { a: [3, 8] }, true],
    [{ a: { $mod: [4, 0] } }, { a: 8.9 }, true],
    [{ a: { $mod: [4.9, 0] } }, { a: 8 }, true],
    [{ a: { $mod: [4, -1] } }, { a: -5 }, true],
    [{ a: { $mod: [4, 0] } }, { a: -8 }, true],
    [{ a: { $mod: [4, 3] } }, { a: -5 }, false],
    [{ a: { $mod: [-4, 1] } }, { a: 5 }, true],
    [{ a: { $mod: [4, -1.9] } }, { a: -5.9 }, true],
    [{ a: { $mod: [4, 0] } }, { a: 2 ** 63 }, false],
    [{ a: { $mod: [4, 0] } }, { a: -(2 ** 63) }, true],
  ],
};

describe.each(Object.entries(ROWS))("%s", (_, rows) => {
  test.each(rows.map(([filter, document, matches]) => [JSON.stringify(filter), JSON.stringify(document), matches]))(
    "%s on %s: %s",
    (filter, document, matches) => {
      expect(compileFilter(JSON.parse(filter as string))(JSON.parse(document as string))).toBe(matches);
    },
  );
});

const parse = (text: string) => JSON.parse(text) as Record<string, unknown>;
const hit = (filter: string, document: string) => compileFilter(parse(filter))(parse(document));

describe("hostile keys are plain data", () => {
  const inherited = ["constructor", "toString", "hasOwnProperty", "valueOf", "__proto__", "length"];
  test.each(inherited)("%s is not a field of a document that does not contain it", (key) => {
    expect(hit(`{"${key}": {"$exists": true}}`, "{}")).toBe(false);
    expect(hit(`{"${key}": null}`, "{}")).toBe(true);
    expect(hit(`{"a.${key}": {"$exists": true}}`, '{"a": "text"}')).toBe(false);
    expect(hit(`{"a.${key}": {"$exists": true}}`, '{"a": [1, {}]}')).toBe(false);
    expect(hit(`{"a.${key}.name": {"$exists": true}}`, '{"a": {}}')).toBe(false);
  });
  test.each(inherited)("%s is found in a document that contains it", (key) => {
    expect(hit(`{"${key}": 1}`, `{"${key}": 1}`)).toBe(true);
    expect(hit(`{"${key}": 2}`, `{"${key}": 1}`)).toBe(false);
    expect(hit(`{"a.${key}.b": {"$gt": 0}}`, `{"a": [{"${key}": {"b": 1}}]}`)).toBe(true);
    expect(hit(`{"a": {"${key}": 1}}`, `{"a": {"${key}": 1}}`)).toBe(true);
    expect(hit(`{"a": {"${key}": 1}}`, `{"a": {"${key}": 2}}`)).toBe(false);
    expect(hit(`{"a": {"${key}": 1}}`, '{"a": {}}')).toBe(false);
    expect(hit(`{"a": {"$elemMatch": {"${key}": 1}}}`, `{"a": [{"${key}": 1}]}`)).toBe(true);
    expect(hit(`{"$or": [{"${key}": 1}]}`, `{"${key}": 1}`)).toBe(true);
  });
  test("toJSON does not change how values compare", () => {
    expect(hit('{"a": {"toJSON": 1}}', '{"a": {"toJSON": 1}}')).toBe(true);
    expect(hit('{"toJSON": 1}', '{"toJSON": 1}')).toBe(true);
  });
  test("numeric keys do not collide with the internal numbers of paths", () => {
    expect(hit('{"b": 1, "0": 2, "1": 3}', '{"b": 1, "0": 2, "1": 3}')).toBe(true);
    expect(hit('{"b": 1, "0": 2}', '{"b": 2, "0": 1}')).toBe(false);
  });
});

test("one filter can match many documents independently", () => {
  const matches = compileFilter({ $nor: [{ a: { $not: { $gt: 1 } } }], b: { $ne: 2 } });
  const answers = [{ a: 2 }, { a: 1 }, { a: 2, b: 2 }, { a: 2 }].map((document) => matches(document));
  expect(answers).toEqual([true, false, false, true]);
});

/** Random letters a and b, so that a cached state of the automaton is of little use. */
function noise(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state & 0x10000 ? "a" : "b";
  }).join("");
}

describe("a pattern that takes too much work is refused", () => {
  const slow = { $regex: "(a|b)*a(a|b){100}[cd]$" };

  test.each([
    [slow.$regex, noise(1_000_000)],
    ["[ab]*a[ab]{900}$", noise(500_000)],
  ])("on one text, and the next document is tested: %s", (pattern, text) => {
    const matches = compileFilter({ a: { $regex: pattern } });
    expect(() => matches({ a: text })).toThrow(ConditionTooCostlyError);
    expect(matches({ a: "" })).toBe(false);
  });

  test("on many texts of one document, too", () => {
    const text = noise(1_000_000);
    const a = Array.from({ length: 5000 }, (_, n) => text.slice(200 * n, 200 * n + 200));
    expect(() => compileFilter({ a: slow })({ a })).toThrow(ConditionTooCostlyError);
  });

  test.each([
    ["another field", { b: 1, a: slow }],
    ["an operator beside it", { a: { $ne: null, $in: ["x"], ...slow } }],
    ["an earlier clause of $and", { $and: [{ b: 1 }, { a: slow }] }],
    ["an earlier clause of $or", { $nor: [{ $or: [{ b: { $ne: 1 } }, { a: slow }] }] }],
    // Combined filters are tested before single fields.
    ["$nor", { a: slow, $nor: [{ b: 2 }] }],
  ])("is not tested if %s decides first", (_, filter) => {
    const a = noise(1_000_000);
    expect(() => compileFilter({ a: slow })({ a })).toThrow(ConditionTooCostlyError);
    expect(compileFilter(filter)({ a, b: 2 })).toBe(false);
  });

  test("before its compilation", () => {
    for (const $regex of [
      `(?i)${String.raw`\pL{1,1000}`.repeat(90)}`,
      "a{1000}".repeat(146),
      "(((x{10}){10}){10})".repeat(50),
      `(${"(a|b)".repeat(190)}){1000}`,
    ])
      expect(() => compileFilter({ a: { $regex } })).toThrow("query.a.$regex: repeats too much");
  });
});

test("an ordinary pattern accepts a large text", () => {
  const matches = compileFilter({ a: { $regex: "^icecube/.*:v[0-9]+\\.[0-9]{1,3}$", $options: "i" } });
  expect(matches({ a: `IceCube/${"x".repeat(50_000)}:v1.20` })).toBe(true);
  expect(matches({ a: Array.from({ length: 500 }, () => `IceCube/${"x".repeat(40)}:w1.20`) })).toBe(false);
});
