import { CREATED, NOW, WORKFLOW_ID } from "./exampleObjects.js";

export const webhook = {
  webhook_id: "WH-5f0c9a3e1b7d2468",
  url: "https://hooks.example.org/ewms",
  events: ["needs-attention", "completed"],
  scope: { label: "season=IC86.2024" },
  description: "Chat of the reconstruction group",
  owner: "ada",
  created: CREATED,
};

export const webhookDelivery = {
  timestamp: NOW,
  delivery_id: "WD-0d1f6a0c2b9e4f7d8a6b5c4d3e2f1a0b",
  event: "completed",
  workflow_id: WORKFLOW_ID,
  attempt: 1,
  status: 204,
  error: null,
  is_final: true,
};
