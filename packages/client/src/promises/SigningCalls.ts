/** Signing for the Promise client. */
import type { Calls } from "./Calls.ts"
import type { Signing } from "./Signing.ts"

/** The functions of `Signing` over the calls of one client. */
export const make = ({ runAlbs }: Calls): Signing => ({
  keys: () => runAlbs((client) => client.albsSignKeys.list()),
  addKey: (key) =>
    runAlbs((client) => client.albsSignKeys.create({ payload: { ...key, keyid: key.fingerprint.slice(-16) } })),
  request: (build, key) =>
    runAlbs((client) => client.albsSignTasks.create({ payload: { build_id: build, sign_key_id: key } })),
  list: (build) =>
    runAlbs((client) => client.albsSignTasks.list({ query: build === undefined ? {} : { build_id: `${build}` } }))
})
