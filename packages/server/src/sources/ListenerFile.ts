/** The configuration file of AlmaLinux's `gitea-listener`, read as it is: the message broker, its two topics, and as whom builds are made. */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Yaml from "yaml"

const text = Schema.String.check(Schema.isMinLength(1))
/** A key without a value is as good as none. */
const maybe = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))
/** Numbers may stand in quotes. */
const whole = Schema.Union([Schema.Int, Schema.String.check(Schema.isPattern(/^\d{1,5}$/))])

const File = Schema.Struct({
  mqtt_queue_host: text,
  mqtt_queue_port: maybe(whole),
  mqtt_queue_topic_unmodified: text,
  mqtt_queue_topic_modified: text,
  mqtt_queue_qos: maybe(whole),
  mqtt_client_id: text,
  mqtt_queue_username: maybe(Schema.String),
  mqtt_queue_password: maybe(Schema.Union([Schema.String, Schema.Number])),
  mqtt_queue_clean_session: maybe(Schema.Boolean),
  albs_jwt_token: maybe(Schema.String),
  albs_address: maybe(Schema.String)
})

/** Where to listen, and as whom. */
export interface Listener {
  readonly host: string
  readonly port: number
  readonly topics: { readonly unmodified: string; readonly modified: string }
  readonly qos: 0 | 1 | 2
  readonly clientId: string
  readonly username: string | undefined
  readonly password: Redacted.Redacted | undefined
  readonly cleanSession: boolean
  /** A token of the interface; its person's are the builds. */
  readonly token: Redacted.Redacted | undefined
}

/** What is wrong with a file. */
export interface InvalidListener {
  readonly message: string
}

const given = (value: string | number | null | undefined): string | undefined =>
  value === null || value === undefined || value === "" ? undefined : String(value)

const secret = (value: string | number | null | undefined): Redacted.Redacted | undefined => {
  const found = given(value)
  return found === undefined ? undefined : Redacted.make(found)
}

/** Reads the file. Keys that it does not know are passed over, as the listener does; problems never repeat a value. */
export const parse = (text: string): Result.Result<Listener, InvalidListener> => {
  let read: unknown
  try {
    // Written for a reader of YAML 1.1, to which `no` and `off` are false as well.
    read = Yaml.parse(text, { version: "1.1", maxAliasCount: 0 })
  } catch {
    return Result.fail({ message: "is not YAML" })
  }
  const decoded = Schema.decodeUnknownResult(File, { errors: "all" })(read)
  if (Result.isFailure(decoded)) {
    const keys = Object.keys(File.fields).filter((key) => decoded.failure.message.includes(`["${key}"]`))
    return Result.fail({ message: `has no value that fits for ${keys.length === 0 ? "its keys" : keys.join(", ")}` })
  }
  const file = decoded.success
  const qos = Number(file.mqtt_queue_qos ?? 2)
  const port = Number(file.mqtt_queue_port ?? 1883)
  if (qos !== 0 && qos !== 1 && qos !== 2) return Result.fail({ message: "mqtt_queue_qos is none of 0, 1 and 2" })
  if (port < 1 || port > 65_535) return Result.fail({ message: "mqtt_queue_port is no port" })
  if (file.mqtt_queue_topic_modified === file.mqtt_queue_topic_unmodified) {
    return Result.fail({ message: "names one topic twice" })
  }
  return Result.succeed({
    host: file.mqtt_queue_host,
    port,
    topics: { unmodified: file.mqtt_queue_topic_unmodified, modified: file.mqtt_queue_topic_modified },
    qos,
    clientId: file.mqtt_client_id,
    username: given(file.mqtt_queue_username),
    password: secret(file.mqtt_queue_password),
    cleanSession: file.mqtt_queue_clean_session ?? false,
    token: secret(file.albs_jwt_token)
  })
}
