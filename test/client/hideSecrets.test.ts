import { expect, it } from "vitest";
import { hideSecretsInText, hideSecretValues } from "../../client/src/hideSecrets.js";
import { formatSubmitFile } from "../../client/src/submitFile.js";

it.each([
  ["--token abc --n 5", "--token [hidden] --n 5"],
  ["run --s3-secret-key=abc", "run --s3-secret-key=[hidden]"],
  ["run --secret=abc x", "run --secret=[hidden] x"],
  ["A=1 API_KEY=abc;B=2", "A=1 API_KEY=[hidden];B=2"],
  ["Authorization: Bearer abc.def", "Authorization: Bearer [hidden]"],
  ["amqp://user:pass@host:5672/v", "amqp://[hidden]@host:5672/v"],
  ["https://host:8080/a@b", "https://host:8080/a@b"],
  ["tokenize --verbose", "tokenize --verbose"],
])("hides secrets in %j", (text, shown) => {
  expect(hideSecretsInText(text)).toBe(shown);
});

it("hides values by their names, at any depth, and keeps all others", () => {
  const config = {
    environment: {
      S3_TOKEN: "abc",
      DB_PASSWORD: 5,
      EMPTY_SECRET: "",
      AUTHOR: "ada",
      AWS_SECRET_KEY: "x",
      N: 7,
      KEYS: ["a"],
      tokens: ["b"],
    },
    submit: { token_file: "/tmp/x", note: null, ok: true },
  };
  expect(hideSecretValues(config)).toEqual({
    environment: {
      S3_TOKEN: "[hidden]",
      DB_PASSWORD: "[hidden]",
      EMPTY_SECRET: "",
      AUTHOR: "ada",
      AWS_SECRET_KEY: "[hidden]",
      N: 7,
      KEYS: ["a"],
      tokens: ["[hidden]"],
    },
    submit: { token_file: "/tmp/x", note: null, ok: true },
  });
});

it("takes linear time for hostile texts", () => {
  for (const text of ["-".repeat(2e5), "--token ".repeat(1e5), "://a:".repeat(1e5), `token${" ".repeat(1e5)}`])
    expect(hideSecretsInText(text).length).toBeGreaterThan(0);
});

it("formats a submit dictionary for condor_submit", () => {
  const file = formatSubmitFile({ executable: "run.sh", request_cpus: 1, arguments: "a\nb" }, 20);
  expect(file).toBe("executable = run.sh\nrequest_cpus = 1\narguments @=end\na\nb\n@end\nqueue 20\n");
  expect(formatSubmitFile({ executable: "run.sh" }, null)).toBe("executable = run.sh\n");
});
