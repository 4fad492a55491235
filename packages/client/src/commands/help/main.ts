/** Runs `orch` where no command is named: prints its help or its version. */
import packageJson from "../../../package.json" with { type: "json" }
import * as FirstHelp from "./FirstHelp.ts"

const [asked] = process.argv.slice(2)
const colours = FirstHelp.hasColours(process.stdout.isTTY, process.env)
const isVersion = asked === "--version" || asked === "-v"
process.stdout.write(isVersion ? FirstHelp.version(packageJson.version, colours) : FirstHelp.help(colours))
// A command is missing: usage is wrong, though help is what the caller wants to see.
if (asked === undefined) process.exitCode = 2
