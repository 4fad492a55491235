/**
 * What the machine can stand in for: which packages of a distribution's platform its own programs replace.
 *
 * A build's RPM database holds these names as provided and no others, so a component that requires what neither the
 * platform nor an earlier component brings is refused, as mock would refuse it. A name is only offered when the program
 * or header behind it is really here.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"

/** A program on the PATH, or an absolute path, and the packages it stands for. */
type StandIn = readonly [probe: string, ...packages: ReadonlyArray<string>]

const always: ReadonlyArray<string> = [
  "basesystem",
  "buildsys-build",
  "filesystem",
  "glibc",
  "glibc-common",
  "glibc-minimal-langpack",
  "redhat-rpm-config",
  "redhat-release",
  "fedora-release",
  "fedora-rpm-macros",
  "epel-rpm-macros",
  "setup",
  "shadow-utils",
  "srpm-macros",
  "system-release",
  "systemd-rpm-macros",
  "util-linux"
]

const standIns: ReadonlyArray<StandIn> = [
  ["/bin/sh", "/bin/sh"],
  ["bash", "bash", "/bin/bash", "/usr/bin/bash"],
  ["awk", "gawk", "/usr/bin/awk"],
  ["bzip2", "bzip2"],
  ["cat", "coreutils", "coreutils-single"],
  ["cpio", "cpio"],
  ["diff", "diffutils"],
  ["find", "findutils"],
  ["file", "file"],
  ["grep", "grep"],
  ["gzip", "gzip"],
  ["hostname", "hostname"],
  ["info", "info"],
  ["patch", "patch"],
  ["perl", "perl", "perl-interpreter", "perl-base", "perl-macros", "perl-generators", "/usr/bin/perl"],
  ["rpmbuild", "rpm", "rpm-build", "rpm-libs"],
  ["sed", "sed"],
  ["tar", "tar"],
  ["unzip", "unzip"],
  ["which", "which"],
  ["xz", "xz"],
  ["zstd", "zstd"],
  ["gcc", "gcc", "binutils", "cpp", "/usr/bin/gcc"],
  ["g++", "gcc-c++", "libstdc++-devel"],
  ["clang", "clang"],
  ["make", "make", "/usr/bin/make"],
  ["cmake", "cmake", "cmake-rpm-macros"],
  ["meson", "meson"],
  ["ninja", "ninja-build"],
  ["autoconf", "autoconf"],
  ["automake", "automake"],
  ["libtool", "libtool"],
  ["m4", "m4"],
  ["bison", "bison"],
  ["flex", "flex"],
  ["gettext", "gettext", "gettext-devel"],
  ["git", "git", "git-core"],
  ["pkg-config", "pkgconf", "pkgconfig", "pkgconf-pkg-config"],
  ["python3", "python3", "python36", "/usr/bin/python3"],
  ["go", "golang"],
  ["rustc", "rust"],
  ["cargo", "cargo"],
  ["/usr/include/stdio.h", "glibc-devel", "glibc-headers", "kernel-headers"],
  ["/usr/include/zlib.h", "zlib-devel", "zlib"],
  ["/usr/include/openssl/ssl.h", "openssl-devel"],
  ["/usr/include/curl/curl.h", "libcurl-devel"],
  ["/usr/include/ncurses.h", "ncurses-devel"],
  ["/usr/include/readline/readline.h", "readline-devel"]
]

const isHere = (probe: string, path: ReadonlyArray<string>): boolean =>
  Path.isAbsolute(probe) ? Fs.existsSync(probe) : path.some((directory) => Fs.existsSync(Path.join(directory, probe)))

/** Names of packages and files that this machine stands in for, sorted. */
export const provides = (searchPath = process.env["PATH"] ?? ""): ReadonlyArray<string> => {
  const path = searchPath.split(":").filter((directory) => directory !== "")
  const found = standIns.filter(([probe]) => isHere(probe, path)).flatMap(([, ...packages]) => packages)
  return [...new Set([...always, ...found])].sort()
}

/** RPM macros by which spec files tell the platforms apart. */
export const macros = (platform: string): string => {
  const enterprise = /^el(\d+)/.exec(platform)
  const fedora = /^f(\d+)/.exec(platform)
  if (enterprise !== null) return `%rhel ${enterprise[1]}\n%el${enterprise[1]} 1\n`
  if (fedora !== null) return `%fedora ${fedora[1]}\n%fc${fedora[1]} 1\n`
  return ""
}
