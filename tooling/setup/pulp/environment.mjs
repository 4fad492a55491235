/**
 * Pulp's programs and its settings, in one folder that is kept: installed from PyPI once for each version, the database migrated once
 * for each folder. Nothing outside of the folder and the one database is touched.
 */
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { find, run } from "../run.mjs"

/** Tested together; a newer pair is taken by changing both. */
export const versions = { pulpcore: "3.123.1", "pulp-rpm": "3.39.4" }

const pythons = ["python3.13", "python3.12", "python3.11", "python3"]

/** The first interpreter on PATH that Pulp runs on, or `undefined`. */
export const python = async () => {
  for (const name of pythons) {
    const path = find(name)
    const probe = "import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))"
    if (path !== undefined && (await run(path, ["-c", probe])).code === 0) return path
  }
  return undefined
}

const last = (output) => output.trim().split("\n").at(-1) ?? ""

/** Runs a step; throws the last line of what it says when it fails. */
const step = async (what, command, args, options = {}) => {
  const { code, output } = await run(command, args, { timeout: 600_000, ...options })
  if (code !== 0) throw new Error(`${what}: ${last(output)}`)
  return output
}

/** Installs the programs unless they are there; resolves to the folder they are in. */
export const programs = async (home, signal) => {
  const name = Object.values(versions).join("-")
  const venv = join(home, `venv-${name}`)
  const bin = join(venv, "bin")
  if (existsSync(join(venv, "complete"))) return bin
  const interpreter = await python()
  if (interpreter === undefined) throw new Error("Python 3.11 or newer with venv is not there")
  await step("venv", interpreter, ["-m", "venv", "--clear", venv], { signal })
  // One dependency has no wheel, so wheels are preferred, not demanded.
  const wanted = Object.entries(versions).map(([project, version]) => `${project}==${version}`)
  const options = ["--quiet", "--prefer-binary", "--disable-pip-version-check", "--no-input"]
  await step("pip install", join(bin, "python"), ["-m", "pip", "install", ...options, ...wanted], { signal })
  writeFileSync(join(venv, "complete"), "")
  return bin
}

/** What an earlier run chose: the database belongs to the files beside it, so its name is kept with them. */
const identity = (home) => {
  const path = join(home, "identity.json")
  if (!existsSync(path)) {
    const made = {
      database: `orch_test_pulp_${randomBytes(6).toString("hex")}`,
      secret: randomBytes(24).toString("hex")
    }
    writeFileSync(path, JSON.stringify(made), { mode: 0o600 })
  }
  return JSON.parse(readFileSync(path, "utf8"))
}

const literal = (value) => JSON.stringify(value)

const settings = ({ contentPort, database, home, secret, server }) => {
  const folder = (name) => {
    mkdirSync(join(home, name), { recursive: true })
    return literal(join(home, name))
  }
  return `
SECRET_KEY = ${literal(secret)}
DB_ENCRYPTION_KEY = ${literal(join(home, "field.key"))}
MEDIA_ROOT = ${folder("media")}
STATIC_ROOT = ${folder("static")}
WORKING_DIRECTORY = ${folder("work")}
FILE_UPLOAD_TEMP_DIR = ${folder("upload")}
ALLOWED_IMPORT_PATHS = [${folder("import")}]
CONTENT_ORIGIN = "http://127.0.0.1:${contentPort}"
ANALYTICS = False
# After so many seconds a worker that says nothing is missing; what it held is freed after ten to a hundred thirds of that. Pulp's own is 30.
WORKER_TTL = 9
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": ${literal(server.hostname)},
        "PORT": ${literal(server.port || "5432")},
        "USER": ${literal(decodeURIComponent(server.username) || "postgres")},
        "PASSWORD": ${literal(decodeURIComponent(server.password))},
        "NAME": ${literal(database)},
        "CONN_MAX_AGE": 0,
    }
}
`
}

/** Makes the database unless it is there; prints whether it was made. PostgreSQL's driver comes with Pulp. */
const creation = `
import sys, psycopg, psycopg.sql
url, name = sys.argv[1:]
with psycopg.connect(url, autocommit=True) as connection:
    there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if not there:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
`

const fieldKey = `
import sys
from cryptography.fernet import Fernet
open(sys.argv[1], "wb").write(Fernet.generate_key())
`

/**
 * Everything Pulp's processes need: resolves to where the programs are, the environment to run them in and the URL of the database; rejects
 * with the reason, also when the signal comes.
 */
export const prepare = async (home, databaseUrl, contentPort, signal) => {
  mkdirSync(home, { recursive: true })
  const bin = await programs(home, signal)
  const { database, secret } = identity(home)
  const file = join(home, "settings.py")
  writeFileSync(file, settings({ home, database, secret, server: new URL(databaseUrl), contentPort }))
  const interpreter = join(bin, "python")
  if (!existsSync(join(home, "field.key"))) await step("key", interpreter, ["-c", fieldKey, join(home, "field.key")])
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env["PATH"] ?? ""}`,
    PULP_SETTINGS: file,
    DJANGO_SETTINGS_MODULE: "pulpcore.app.settings"
  }
  await step("database", interpreter, ["-c", creation, databaseUrl, database])
  await step("migration", join(bin, "pulpcore-manager"), ["migrate", "--noinput", "-v", "0"], { env, signal })
  const password = ["reset-admin-password", "--password", "admin"]
  await step("password", join(bin, "pulpcore-manager"), password, { env, signal })
  const own = new URL(databaseUrl)
  own.pathname = `/${database}`
  return { bin, env, database: own.href }
}
