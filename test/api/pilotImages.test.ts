import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { startTestService } from "../setup/testService.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { type CreatedWorkflow, makeTaskRequest, makeWorkflowRequest } from "./requestBodies.js";

const releases: (() => unknown)[] = [];
let images: string;
let fixture: ApiFixture;
beforeAll(async () => {
  images = await temporaryFolder((release) => releases.push(release));
  await writeFile(join(images, "ewms-pilot:1.2.3"), "");
  await symlink(join(images, "gone"), join(images, "ewms-pilot:1.3.0"));
  fixture = await startApiFixture({ CVMFS_PILOT_SINGULARITY_IMAGES_DIR: images });
});
afterAll(async () => {
  await fixture.close();
  for (const release of releases) await release();
});

/** Creates a workflow with a pilot tag; undefined: without a configuration of the pilot. */
async function create(tag?: string) {
  const pilot_config = tag && { tag, image_source: "cvmfs", environment: {}, input_files: [] };
  const task = makeTaskRequest(fixture.nextLocation().location, (pilot_config && { pilot_config }) as object);
  const { status, body } = await fixture.client.post<CreatedWorkflow & { error: string }>(
    "/v1/workflows",
    makeWorkflowRequest([task]),
  );
  return status === 200 ? body.taskforces[0]?.pilot_config.tag : `${status} ${body.error}`;
}

it("an image whose link leads nowhere does not exist", async () => {
  expect(await create("1.3.0")).toBe("400 tasks[0].pilot_config.tag: pilot image tag not found: 1.3.0");
  expect(await create("v1.2.3")).toBe("1.2.3");
  expect(await create("latest")).toBe("1.2.3");
  expect(await create()).toBe("1.2.3");
});

it("an image that is called latest is what latest means", async () => {
  const image = join(images, "ewms-pilot:latest");
  await mkdir(image);
  expect(await create("latest")).toBe("latest");
  await rm(image, { recursive: true });
  expect(await create("latest")).toBe("1.2.3");
});

it.each(["missing", "empty"])("a %s directory ends the start with a sentence", async (kind) => {
  const folder = await temporaryFolder();
  const directory = kind === "empty" ? folder : join(folder, "missing");
  await expect(startTestService({ CVMFS_PILOT_SINGULARITY_IMAGES_DIR: directory })).rejects.toThrow(
    `CVMFS_PILOT_SINGULARITY_IMAGES_DIR: no pilot image (ewms-pilot:<tag>) in ${directory}`,
  );
});

it("a directory that disappears is a 503 until it is back", async () => {
  const elsewhere = await temporaryFolder();
  await writeFile(join(elsewhere, "ewms-pilot:1.0.0"), "");
  const own = await startApiFixture({ CVMFS_PILOT_SINGULARITY_IMAGES_DIR: elsewhere });
  try {
    const request = makeWorkflowRequest([makeTaskRequest(own.nextLocation().location)]);
    await rm(elsewhere, { recursive: true });
    expect(await own.client.post("/v1/workflows", request)).toMatchObject({
      status: 503,
      body: { error: "the pilot images cannot be listed at the moment" },
    });
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, "ewms-pilot:1.0.0"), "");
    expect(await own.client.post("/v1/workflows", request)).toMatchObject({ status: 200 });
  } finally {
    await own.close();
  }
});
