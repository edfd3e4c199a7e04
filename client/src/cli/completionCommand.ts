import { Argument, type Command } from "commander";
import { bashScript, type CompletionCommand, fishScript, zshScript } from "./completionScripts.js";
import type { CompletionKind } from "./completionValues.js";
import { formatExamples, type Terminal } from "./terminal.js";

/** Adds the command `completion`, whose scripts contain all commands of the program. */
export function addCompletionCommand(program: Command, terminal: Terminal): void {
  program
    .command("completion")
    .description("print a shell completion script")
    .addArgument(new Argument("<shell>").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      formatExamples(
        "ewms completion bash > ~/.local/share/bash-completion/completions/ewms",
        "ewms completion zsh > ~/.zfunc/_ewms        # a folder in your fpath",
        "ewms completion fish > ~/.config/fish/completions/ewms.fish",
      ),
    )
    .action((shell: keyof typeof COMPLETION_SCRIPTS) =>
      terminal.print(COMPLETION_SCRIPTS[shell](completionCommands(program)).trimEnd()),
    );
}

const COMPLETION_SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** The values of the service for options and arguments, by name. */
const OPTION_KINDS: Readonly<Record<string, CompletionKind>> = {
  "--label": "labels",
  "--location": "locations",
  "--schedd": "schedds",
};
const ARGUMENT_KINDS: Readonly<Record<string, CompletionKind>> = { id: "ids", workflow: "ids", name: "schedds" };

/** The visible commands and their completions. */
function completionCommands(program: Command): CompletionCommand[] {
  const visible = new Set(program.createHelp().visibleCommands(program));
  const commands = program.commands.filter((command) => visible.has(command));
  return commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    words: [
      ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
      ...[...command.options, ...program.options].flatMap(({ long, hidden }) => (hidden ? [] : (long ?? []))),
      "--help",
    ],
    takesFile: command.registeredArguments.some((argument) => argument.name() === "file"),
    arguments: command.registeredArguments.flatMap((argument) => ARGUMENT_KINDS[argument.name()] ?? []),
    options: command.options.flatMap(({ short, long = "", argChoices = [] }) => {
      const kind = OPTION_KINDS[long];
      const flags = [...(short === undefined ? [] : [short]), long];
      return kind === undefined && argChoices.length === 0 ? [] : [{ flags, choices: argChoices, kind }];
    }),
  }));
}
