import { Command } from "commander";
import type { AdminOperation, AdminReply } from "../../admin/client-types.ts";
import { callAdmin, type AdminAnswer, type AdminFailure, type AdminInput, type Connection } from "./admin-client.ts";
import { accessHeaders } from "./access-headers.ts";
import { explainFailure, type Asker } from "./explain-failure.ts";
import type { Result } from "../../core/result.ts";
import { wordFor } from "./words-for-fields.ts";

/** 0 done, 1 refused or failed; wrong usage, 2, is commander's. */
export type ExitCode = 0 | 1;

const DEFAULT_URL = "http://127.0.0.1:8787";
/** The local environment's operator key; it guards nothing, and no other environment knows it. */
const LOCAL_OPERATOR_KEY = "cascade-local-operator";

interface SharedOptions {
	readonly url?: string;
	readonly key?: string;
	readonly tenant?: string;
	readonly json?: boolean;
}

/** One run of a command that asks the admin API. */
export class Session {
	readonly connection: Connection;
	/** Whether standard output is for a program. */
	readonly json: boolean;
	readonly #command: Command;
	/** The one that is named, by the argument, the option or the environment. */
	readonly #tenant: string | undefined;

	constructor(command: Command) {
		this.#command = command;
		const { url, key, tenant, json = false } = command.opts<SharedOptions>();
		this.json = json;
		const argument = argumentOf(command, "tenant");
		if (argument !== undefined && tenant !== undefined && argument !== tenant)
			this.wrongUsage(`two tenants are named, ${argument} and ${tenant}`);
		this.#tenant = argument ?? tenant ?? setting("CASCADE_TENANT");
		const address = this.#readUrl(url ?? setting("CASCADE_URL") ?? DEFAULT_URL);
		const access = accessHeaders(process.env);
		const headers = access.ok ? access.value : this.wrongUsage(access.error);
		const isBehindAccess = Object.keys(headers).length > 0;
		const given =
			key ??
			setting("CASCADE_ADMIN_KEY") ??
			(isThisMachine(address) && !isBehindAccess ? LOCAL_OPERATOR_KEY : undefined);
		this.connection = {
			url: address.href.replace(/\/+$/u, ""),
			key: given === undefined && isBehindAccess ? null : this.#readKey(given),
			accessHeaders: headers,
		};
	}

	/** The tenant that is meant: the argument, `--tenant` or $CASCADE_TENANT; ends with 2 where none is. */
	tenant(): string {
		return this.#tenant ?? this.wrongUsage("no tenant is named: give --tenant <name>, or set CASCADE_TENANT");
	}

	/** The tenant, where one is named. */
	tenantIfNamed(): string | undefined {
		return this.#tenant;
	}

	/** Ends the command with 2 and the reason, as commander ends it for options that it does not know. */
	wrongUsage(message: string): never {
		return this.#command.error(`error: ${message}`);
	}

	call<Operation extends AdminOperation>(
		operation: Operation,
		input: AdminInput<Operation>,
	): Promise<Result<AdminAnswer<AdminReply<Operation>>, AdminFailure>> {
		return callAdmin(this.connection, operation, input);
	}

	/** Writes a reply: as it was sent with `--json`, in words otherwise. */
	print<Body>(answer: Pick<AdminAnswer<Body>, "body" | "text">, describe: (body: Body) => string): void {
		process.stdout.write(this.json ? `${answer.text}\n` : describe(answer.body));
	}

	/** Writes why it did not work: the refusal itself with `--json`, and words on standard error. */
	refuse(failure: AdminFailure): 1 {
		if (this.json && failure.kind === "refused") process.stdout.write(`${failure.text}\n`);
		return this.complain(explainFailure(failure, this.#asker(), (path) => wordFor(path, this.#command)));
	}

	/** Who asks, as far as the key shows: tenants' keys have a form of their own, deployed operator keys have any. */
	#asker(): Asker {
		if (this.connection.key === null) return "access";
		return this.connection.key.startsWith("ec_live_") ? "tenant" : "operator";
	}

	/** Writes a problem. */
	complain(text: string): 1 {
		process.stderr.write(text);
		return 1;
	}

	/** Writes something beside the result, for people. */
	note(text: string): void {
		if (!this.json) process.stderr.write(text);
	}

	/** Asks once and writes the reply. */
	async show<Operation extends AdminOperation>(
		operation: Operation,
		input: AdminInput<Operation>,
		describe: (body: AdminReply<Operation>) => string,
	): Promise<ExitCode> {
		const answer = await this.call(operation, input);
		if (!answer.ok) return this.refuse(answer.error);
		this.print(answer.value, describe);
		return 0;
	}

	#readUrl(text: string): URL {
		const url = URL.parse(text);
		if (url === null || !/^https?:$/u.test(url.protocol) || url.search !== "" || url.hash !== "")
			return this.wrongUsage(`'${text}' is no address of a Worker, such as https://cascade.example.com`);
		if (url.username !== "" || url.password !== "")
			return this.wrongUsage("the address holds a password: give the key with CASCADE_ADMIN_KEY");
		if (url.protocol === "http:" && !isThisMachine(url))
			return this.wrongUsage(`the key would travel to ${url.host} where anyone can read it: use https`);
		return url;
	}

	#readKey(key: string | undefined): string {
		if (key === undefined)
			return this.wrongUsage(
				"no key: set CASCADE_ADMIN_KEY to an operator's key, or to a tenant's with the scope admin; where Cloudflare Access makes you an operator, CASCADE_ACCESS_TOKEN",
			);
		// What a header cannot hold would end in an error that shows the key.
		return /^[\x21-\x7e]+$/u.test(key) ? key : this.wrongUsage("the key holds characters that no key has");
	}
}

/** Whether the address is on this machine. */
export function isThisMachine({ hostname }: URL): boolean {
	return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/u.test(hostname);
}

function setting(name: string): string | undefined {
	const value = process.env[name];
	return value === undefined || value === "" ? undefined : value;
}

/** The value of an argument of the command, by its name. */
function argumentOf(command: Command, name: string): string | undefined {
	return command.args[command.registeredArguments.findIndex((argument) => argument.name() === name)];
}

/**
 * Adds a command about one tenant that has no other argument, so that the tenant may be it. Where a command has another
 * one, such as a key's id, the tenant is named by `--tenant`.
 */
export function tenantCommand(parent: Command, usage: string, description: string): Command {
	return adminCommand(parent, usage, description).argument("[tenant]", "default: --tenant, else $CASCADE_TENANT");
}

/** Adds a command that asks the admin API, with the options that all of them have. */
export function adminCommand(parent: Command, usage: string, description: string): Command {
	return parent
		.command(usage)
		.description(description)
		.configureOutput({
			outputError: (text, write) => write(text.startsWith("error: too many arguments") ? tooMany(text) : text),
		})
		.option("--url <url>", `the Worker; default: $CASCADE_URL, else ${DEFAULT_URL}`)
		.option(
			"--key <key>",
			"an operator's key, or the tenant's; better in $CASCADE_ADMIN_KEY, which no process list shows; default: the local environment's, for this machine",
		)
		.option("--tenant <name>", "the tenant; default: $CASCADE_TENANT")
		.option("--json", "print what the API answers, as it answers");
}

/** One argument too many is most often the tenant of a command that has another one. */
function tooMany(text: string): string {
	return `${text.trimEnd()} A tenant is named with --tenant <name>.\n`;
}

/** The action of such a command; what it returns is the exit code. */
export function withSession<Options>(
	act: (session: Session, options: Options, positional: readonly (string | undefined)[]) => Promise<ExitCode>,
): (...given: unknown[]) => Promise<void> {
	return async (...given) => {
		const command = given.at(-1);
		if (!(command instanceof Command)) throw new Error("An action is called by commander.");
		process.exitCode = await act(new Session(command), command.opts() as Options, command.args);
	};
}
