/** Reads and orders the names of packages and modules as RPM does, without Effect: a `Result` is a plain union. */
import * as Evr from "@orch/core/Evr"
import * as Nevra from "@orch/core/Nevra"
import * as Nsvc from "@orch/core/Nsvc"

const versions = ["1.0-1", "1.0~rc1-1", "1:0.1-1", "1.0^git5-1", "1.0.1-1"]
console.log(versions.map(Evr.parseUnsafe).sort(Evr.Order).map(Evr.format).join("  "))
// > 1.0~rc1-1  1.0-1  1.0^git5-1  1.0.1-1  1:0.1-1

const bash = Nevra.parseUnsafe("bash-5.1.8-6.el9.x86_64")
console.log(Nevra.format(bash), Nevra.formatFileName(bash))
// > bash-0:5.1.8-6.el9.x86_64 bash-5.1.8-6.el9.x86_64.rpm

const perl = Nsvc.parse("perl:5.30:820190918121229001")
console.log(perl._tag === "Success" ? perl.success : perl.failure.message)
// > "perl:5.30:820190918121229001" is not NAME:STREAM:VERSION:CONTEXT: wrong number of parts
