import { describe, expect, it } from "vitest";
import { WORKFLOW_REQUEST } from "../../client/src/cli/workflowRequest.js";
import { completeAt } from "../../page/src/submit/completion.js";

const LOCATIONS = [
  { name: "osg", description: "osg: grid" },
  { name: "sub-2", description: "sub-2: grid, no TMS polls" },
];

/** The suggestions at the bar of a text, and the text after the first one is inserted. */
function complete(textWithBar: string) {
  const offset = textWithBar.indexOf("|");
  const text = textWithBar.replace("|", "");
  const { start, end, suggestions } = completeAt(text, offset, WORKFLOW_REQUEST, LOCATIONS);
  return {
    labels: suggestions.map(({ label }) => label),
    text: `${text.slice(0, start)}${suggestions[0]?.insert}${text.slice(end)}`,
  };
}

describe("in JSON", () => {
  it("offers the keys that the object lacks, with their descriptions", () => {
    const { labels, text } = complete('{ "priority": 3, | }');
    expect(labels).toEqual(["tasks", "public_queue_aliases"]);
    expect(text).toBe('{ "priority": 3, "tasks":  }');
    const [tasks] = completeAt("{  }", 2, WORKFLOW_REQUEST, []).suggestions;
    expect(tasks?.description).toBe("required. What to run.");
  });

  it("completes a word in quotes, in a nested object, before the text is complete", () => {
    const { labels, text } = complete('{"tasks": [{"task_image": "a", "worker_config": {"worker_|"');
    expect(labels).toEqual(["worker_disk", "worker_memory"]);
    expect(text).toBe('{"tasks": [{"task_image": "a", "worker_config": {"worker_disk"');
  });

  it("offers locations and the values of a field", () => {
    expect(complete('{"tasks": [{"cluster_locations": ["osg", |]}]}').text).toContain('["osg", "osg"]');
    expect(complete('{"tasks": [{"cluster_locations": ["s|"]}]}')).toEqual({
      labels: ["sub-2"],
      text: '{"tasks": [{"cluster_locations": ["sub-2"]}]}',
    });
    expect(complete('{"tasks": [{"pilot_config": {"image_source": |}}]}').labels).toEqual(["cvmfs", "auto"]);
    expect(complete('{"tasks": [{"task_image": |}]}').labels).toEqual([]);
  });
});

describe("in YAML", () => {
  it("offers keys in an empty text, in a list and at an indentation", () => {
    expect(complete("|").labels).toEqual(["tasks", "public_queue_aliases", "priority"]);
    expect(complete("|").text).toBe("tasks: ");
    expect(complete("tasks:\n  - task_im|\n").text).toBe("tasks:\n  - task_image: \n");
    const nested =
      "tasks:\n  - task_image: a\n    worker_config:\n      n_cores: 1\n      worker_|\n    n_workers: 3\n";
    expect(complete(nested).labels).toEqual(["worker_disk", "worker_memory"]);
    expect(complete("tasks:\n  - task_image: a\n    |\npublic_queue_aliases: []\n").labels).toContain("task_args");
  });

  it("offers values", () => {
    expect(complete("tasks:\n  - cluster_locations: [o|]\n").text).toBe("tasks:\n  - cluster_locations: [osg]\n");
    expect(complete("tasks:\n  - cluster_locations: |\n").text).toBe('tasks:\n  - cluster_locations: ["osg"]\n');
    expect(complete("tasks:\n  - cluster_locations:\n      - s|\n").text).toContain("- sub-2");
    expect(complete("tasks:\n  - worker_config:\n      do_transfer_worker_stdouterr: t|\n").labels).toEqual(["true"]);
  });

  it("replaces a key without a second colon", () => {
    expect(complete("tasks:\n  - task_im|: a\n").text).toBe("tasks:\n  - task_image: a\n");
  });
});
