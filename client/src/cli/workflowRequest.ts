// Made by `npm run docs` from the service's own OpenAPI document; a test keeps it true.
import type { Schema } from "@cfworker/json-schema";

/** The body of `POST /v1/workflows`, as JSON schema. */
export const WORKFLOW_REQUEST: Schema = {
  "type": "object",
  "properties": {
    "tasks": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "cluster_locations": {
            "type": "array",
            "items": {
              "type": "string"
            },
            "minItems": 1,
            "uniqueItems": true,
            "description": "Names of the HTCondor pools to run on."
          },
          "task_image": {
            "type": "string",
            "description": "Container image that runs for each event. An unpacked Apptainer directory starts fastest."
          },
          "task_args": {
            "type": "string",
            "description": "Arguments for the task image."
          },
          "task_env": {
            "type": "object",
            "additionalProperties": {
              "type": "string"
            },
            "minProperties": 0,
            "description": "Environment of the task container."
          },
          "init_image": {
            "type": "string",
            "description": "Container image that runs once on each worker, before the first event."
          },
          "init_args": {
            "type": "string",
            "description": "Arguments for the init image."
          },
          "init_env": {
            "type": "object",
            "additionalProperties": {
              "type": "string"
            },
            "minProperties": 0,
            "description": "Environment of the init container."
          },
          "input_queue_aliases": {
            "type": "array",
            "items": {
              "type": "string"
            },
            "minItems": 0,
            "uniqueItems": true,
            "description": "Names, within this request, of the queues with the events."
          },
          "output_queue_aliases": {
            "type": "array",
            "items": {
              "type": "string"
            },
            "minItems": 0,
            "uniqueItems": true,
            "description": "Names, within this request, of the queues for the results."
          },
          "pilot_config": {
            "type": "object",
            "properties": {
              "tag": {
                "type": "string",
                "pattern": "^([0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3})|(latest)|([a-z0-9._-]+-[a-z0-9]{1,128})$",
                "description": "Tag of the pilot's image: X.Y.Z, latest (the highest X.Y.Z), or a branch tag."
              },
              "image_source": {
                "type": "string",
                "enum": [
                  "cvmfs",
                  "auto"
                ],
                "description": "Where the image comes from; stored as cvmfs."
              },
              "environment": {
                "type": "object",
                "additionalProperties": {
                  "anyOf": [
                    {
                      "type": "string"
                    },
                    {
                      "type": "integer"
                    },
                    {
                      "type": "array",
                      "items": {
                        "type": "string"
                      },
                      "minItems": 1
                    }
                  ]
                },
                "minProperties": 0,
                "description": "Environment of the pilot."
              },
              "input_files": {
                "type": "array",
                "items": {
                  "type": "string"
                },
                "minItems": 0,
                "uniqueItems": true,
                "description": "Files on the access point that the container may read."
              }
            },
            "required": [
              "tag",
              "image_source",
              "environment",
              "input_files"
            ],
            "additionalProperties": false,
            "description": "Set-up of the EWMS pilot."
          },
          "worker_config": {
            "type": "object",
            "properties": {
              "do_transfer_worker_stdouterr": {
                "type": "boolean",
                "description": "Whether stdout and stderr come back to the access point."
              },
              "max_worker_runtime": {
                "type": "integer",
                "description": "Seconds after which HTCondor ends a worker."
              },
              "n_cores": {
                "type": "integer",
                "description": "Cores for each worker."
              },
              "priority": {
                "type": "integer",
                "description": "Priority of the HTCondor submission."
              },
              "worker_disk": {
                "anyOf": [
                  {
                    "type": "string"
                  },
                  {
                    "type": "integer"
                  }
                ],
                "description": "Disk for each worker, in HTCondor's notation."
              },
              "worker_memory": {
                "anyOf": [
                  {
                    "type": "string"
                  },
                  {
                    "type": "integer"
                  }
                ],
                "description": "Memory for each worker, in HTCondor's notation."
              },
              "condor_requirements": {
                "type": "string",
                "description": "HTCondor's requirements expression."
              }
            },
            "required": [
              "do_transfer_worker_stdouterr",
              "max_worker_runtime",
              "n_cores",
              "priority",
              "worker_disk",
              "worker_memory",
              "condor_requirements"
            ],
            "additionalProperties": false,
            "description": "What each HTCondor worker asks for."
          },
          "n_workers": {
            "anyOf": [
              {
                "type": "integer"
              },
              {
                "type": "null"
              }
            ],
            "description": "Workers in the HTCondor cluster."
          }
        },
        "required": [
          "cluster_locations",
          "task_image",
          "task_args",
          "input_queue_aliases",
          "output_queue_aliases",
          "worker_config"
        ],
        "additionalProperties": false
      },
      "minItems": 1,
      "description": "What to run."
    },
    "public_queue_aliases": {
      "type": "array",
      "items": {
        "type": "string"
      },
      "minItems": 0,
      "uniqueItems": true,
      "description": "Aliases of the queues that the user's own programs will write to or read from."
    },
    "priority": {
      "type": "integer",
      "description": "Higher goes first; 50 by default, 100 at most."
    }
  },
  "required": [
    "tasks",
    "public_queue_aliases"
  ],
  "additionalProperties": false
};
