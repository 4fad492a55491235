/** How Pulps are used. */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import * as Setting from "../Setting.ts"

/** A Pulp, and which production repositories are there: those whose names begin so. */
export interface PulpAddress {
  readonly prefix: string
  readonly url: string
}

/** An entry that names no Pulp. */
export class InvalidPulpAddress extends Data.TaggedError("InvalidPulpAddress")<{ readonly entry: string }> {
  override get message(): string {
    return `${JSON.stringify(this.entry)} is neither an address, such as https://pulp.example.org, nor PREFIX=ADDRESS`
  }
}

const parse = (text: string): Result.Result<ReadonlyArray<PulpAddress>, InvalidPulpAddress> => {
  const found: Array<PulpAddress> = []
  for (const entry of text.split(",").map((one) => one.trim()).filter((one) => one !== "")) {
    const [, prefix = "", url = ""] = /^(?:([A-Za-z0-9._+-]+)=)?(https?:\/\/\S+)$/.exec(entry) ?? []
    if (!URL.canParse(url)) return Result.fail(new InvalidPulpAddress({ entry }))
    found.push({ prefix, url })
  }
  return Result.succeed(found)
}

export const settings = {
  pulps: Setting.read("ORCH_PULP_URL", parse, {
    about:
      "Pulp at which production repositories are, such as https://pulp.example.org; several as PREFIX=ADDRESS separated by "
      + "commas, each for repositories whose names begin so. Without it they are below ORCH_DATA_DIR. Check each with orch "
      + "pulp doctor.",
    fallback: ""
  }),
  pulpUser: Setting.text("ORCH_PULP_USER", { about: "User at the Pulps.", fallback: "admin" }),
  pulpPassword: Setting.secret("ORCH_PULP_PASSWORD", { about: "Password of ORCH_PULP_USER." }),
  pulpCert: Setting.optionalText("ORCH_PULP_CERT", {
    about: "File of a client certificate and its key, in place of a password."
  }),
  pulpCa: Setting.optionalText("ORCH_PULP_CA", {
    about: "File of the authority that signed the Pulps' certificates, where this machine does not know it."
  }),
  pulpDomain: Setting.optionalText("ORCH_PULP_DOMAIN", { about: "Domain at the Pulps, where they have domains." }),
  pulpFolder: Setting.text("ORCH_PULP_FOLDER", {
    about: "Folder below Pulp's content root in which repositories are, and with which their names at Pulp begin.",
    fallback: "orch"
  }),
  pulpSigning: Setting.optionalText("ORCH_PULP_METADATA_SIGNING", {
    about: "Signing service of the Pulps that signs the metadata of repositories that are made."
  })
}

export interface Values extends Setting.Values<typeof settings> {}
