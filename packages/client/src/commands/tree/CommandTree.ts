/**
 * The tree of commands that `orch` parses: the commands a call names are loaded, of the others only names and summaries are
 * there. Everything is loaded for what goes through all of them, such as completions.
 */
import * as Command from "effect/cli/Command"
import * as CommandTable from "../CommandTable.ts"

const loaders = {
  "module-build": async () => (await import("../moduleBuild/ModuleBuildCommand.ts")).command,
  build: async () => (await import("../build/BuildCommand.ts")).command,
  release: async () => (await import("../release/ReleaseCommand.ts")).command,
  repository: async () => (await import("../repository/RepositoryCommand.ts")).command,
  sign: async () => (await import("../sign/SignCommand.ts")).command,
  test: async () => (await import("../test/TestCommand.ts")).command,
  impact: async () => (await import("../campaign/ImpactCommand.ts")).command,
  campaign: async () => (await import("../campaign/CampaignCommand.ts")).command,
  trace: async () => (await import("../trace/TraceCommand.ts")).command,
  graph: async () => (await import("../graph/GraphCommand.ts")).command,
  gate: async () => (await import("../gate/GateCommand.ts")).command,
  bus: async () => (await import("../bus/BusCommand.ts")).command,
  history: async () => (await import("../history/HistoryCommand.ts")).command,
  notices: async () => (await import("../notices/NoticesCommand.ts")).command,
  distro: async () => (await import("../distro/DistroCommand.ts")).command,
  modulemd: async () => (await import("../modulemd/ModulemdCommandTree.ts")).load(),
  plan: async () => (await import("../plan/PlanCommand.ts")).command,
  context: async () => (await import("../context/ContextCommand.ts")).command,
  repo: async () => (await import("../repo/RepoCommand.ts")).command,
  node: async () => (await import("../node/NodeCommand.ts")).command,
  search: async () => (await import("../search/SearchCommand.ts")).command,
  log: async () => (await import("../log/LogCommand.ts")).command,
  farm: async () => (await import("../farm/FarmCommand.ts")).command,
  login: async () => (await import("../login/LoginCommand.ts")).login,
  logout: async () => (await import("../login/LoginCommand.ts")).logout,
  profile: async () => (await import("../login/LoginCommand.ts")).profile,
  koji: async () => (await import("../koji/KojiCommand.ts")).command,
  pulp: async () => (await import("../pulp/PulpCommand.ts")).command,
  "dead-letters": async () => (await import("../deadLetters/DeadLettersCommand.ts")).command
} satisfies Readonly<Record<CommandTable.Name, () => Promise<Command.Command.Any>>>

const named = async (name: CommandTable.Name) =>
  Command.make(name).pipe(Command.withDescription(CommandTable.summaries[name]))

/** Flags of `orch` whose answer depends on every command. */
const aboutAll = /^--(?:completions|wizard)(?:=|$)/

/**
 * The command `orch` with what these arguments need.
 *
 * @param args the arguments behind `orch`; a command counts as named wherever in them its name is.
 */
export const load = async (args: ReadonlyArray<string>) => {
  const all = args.some((arg) => aboutAll.test(arg))
  const commands = await Promise.all(
    CommandTable.names.map((name) => all || args.includes(name) ? loaders[name]() : named(name))
  )
  return Command.make("orch").pipe(
    Command.withDescription(CommandTable.summary),
    Command.withSubcommands(commands)
  )
}
