/** Packages of builds: their rows, their headers, and what buildroots held. */
import type { Value } from "../../XmlRpc.ts"
import { md5, needBuild, nvr, type Rpm } from "./HubState.ts"
import { list, method, type Methods, struct } from "./Method.ts"

export const rpmRow = (rpm: Rpm): Record<string, Value> => ({
  id: rpm.id,
  name: rpm.name,
  version: rpm.version,
  release: rpm.release,
  epoch: null,
  arch: rpm.arch,
  build_id: rpm.build,
  buildroot_id: rpm.buildroot ?? 1,
  buildtime: 1_795_300_869,
  size: rpm.size,
  payloadhash: md5(`${rpm.name}-${rpm.version}-${rpm.release}.${rpm.arch}`),
  metadata_only: false,
  draft: false,
  extra: null
})

export const rpmMethods: Methods = {
  listBuildRPMs: method("listBuildRPMs", "build", ({ build }, { state }) => {
    const { id } = needBuild(state, build)
    return state.rpms.filter((rpm) => rpm.build === id).map((rpm) => ({
      ...rpmRow(rpm),
      nvr: nvr(rpm),
      external_repo_id: 0,
      external_repo_name: "INTERNAL"
    }))
  }),
  listRPMs: method(
    "listRPMs",
    "buildID=, buildrootID=, imageID=, componentBuildrootID=, hostID=, arches=, queryOpts=, draft=",
    ({ componentBuildrootID }, { state }) => {
      const held = new Set(typeof componentBuildrootID === "number" ? state.buildroots.get(componentBuildrootID) : [])
      return state.rpms.filter(({ id }) => held.has(id)).map((rpm) => ({
        ...rpmRow(rpm),
        nvr: nvr(rpm),
        external_repo_id: 0,
        external_repo_name: "INTERNAL",
        is_update: false
      }))
    }
  ),
  getRPM: method("get_rpm", "rpminfo, strict=, multi=", ({ rpminfo }, { state }) => {
    const { arch, name, release, version } = struct(rpminfo)
    const rpm = state.rpms.find((row) =>
      row.name === name && row.version === version && row.release === release && row.arch === arch
    )
    return rpm === undefined ? null : rpmRow(rpm)
  }),
  getRPMHeaders: method(
    "getRPMHeaders",
    "rpmID=, taskID=, filepath=, headers=, strict=, sigkey=",
    ({ headers, rpmID }, { state }) => {
      const rpm = state.rpms.find((one) => one.id === rpmID)
      const known = {
        license: "MIT",
        exclusivearch: [],
        excludearch: [],
        requirename: rpm?.arch === "src" ? [`${rpm.name}-tool`, "rpmlib(CompressedFileNames)"] : [],
        providename: rpm === undefined ? [] : [rpm.name, `${rpm.name}(${rpm.arch})`]
      }
      return rpm !== undefined
        ? Object.fromEntries(Object.entries(known).filter(([name]) => list(headers).includes(name)))
        : {}
    }
  )
}
