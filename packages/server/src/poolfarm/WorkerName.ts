/**
 * The name of this machine's worker in the builder pool.
 *
 * The pool gives what it has handed out to a node back to the node of that name. Two servers with one database and one name would both
 * build the same tasks. So the name is made once for a data folder and kept there: it survives a server that starts again, also in a
 * new container.
 */
import * as Crypto from "node:crypto"
import * as Os from "node:os"
import * as Path from "node:path"
import * as AtomicFile from "../programs/AtomicFile.ts"

const isName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

/** `local-HOST-xxxxxxxx`, for a host whose name may have any characters and any length. */
const invented = (host: string): string => {
  const plain = host.replace(/[^A-Za-z0-9.-]+/g, "-").slice(0, 60)
  return `local-${plain === "" ? "host" : plain}-${Crypto.randomBytes(4).toString("hex")}`
}

/** The name that is kept in `folder`; made and kept there first where there is none that can be read. */
export const inFolder = async (folder: string): Promise<string> => {
  const file = Path.join(folder, "node")
  const known = AtomicFile.read(file)?.trim()
  if (known !== undefined && isName.test(known)) return known
  const name = invented(Os.hostname())
  // Of two servers that start in one folder at once, both go by the name of the first.
  if (known === undefined) return await AtomicFile.create(file, `${name}\n`) ? name : inFolder(folder)
  await AtomicFile.write(file, `${name}\n`)
  return name
}
