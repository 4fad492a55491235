/** Logs by line for the Promise client. */
import type { Calls } from "./Calls.ts"
import type { LogAddress, Logs } from "./Logs.ts"
import { numbers } from "./QueryNumbers.ts"

const params = ({ attempt, build, life = "module-build", part }: LogAddress) => ({
  life,
  id: `${build}`,
  part,
  attempt: attempt === undefined ? "latest" : `${attempt}`
})

const which = ({ arch, file }: LogAddress) => ({
  ...(arch === undefined ? {} : { arch }),
  ...(file === undefined ? {} : { file })
})

/** The functions of `Logs` over the calls of one client. */
export const make = ({ run }: Calls): Logs => ({
  overview: (log) => run((client) => client.logs.overview({ params: params(log), query: which(log) })),
  lines: (log, range = {}) =>
    run((client) => client.logs.lines({ params: params(log), query: { ...which(log), ...numbers(range) } })),
  find: (log, text, { from, ignoreCase = false, limit, regex = false } = {}) =>
    run((client) =>
      client.logs.find({
        params: params(log),
        query: {
          ...which(log),
          text,
          regex: regex ? "true" : "false",
          ignore_case: ignoreCase ? "true" : "false",
          ...numbers({ from, limit })
        }
      })
    )
})
