import type * as v from "valibot";
import type { TenantLedgerPort } from "../core/ledger/ledger-ports.ts";
import type { Result } from "../core/result.ts";
import type { AdminPorts } from "./admin-ports.ts";
import type { AdminRefusal } from "./admin-reply.ts";
import type { DocumentFile } from "./document-files.ts";
import type { ExpectedRevision, PreconditionKind } from "./preconditions.ts";
import type { AdminRole, Requester } from "./roles.ts";
import type { PARAMETERS } from "./schemas/parameters.ts";

/** The parameters that a path such as `/tenants/{tenant}/keys/{id}` names. */
type ParameterNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
	? Name | ParameterNames<Rest>
	: never;

/** Their values, read by the one table of parameters; a path with a parameter that is not in it does not compile. */
export type PathParameters<Path extends string> = {
	readonly [Name in ParameterNames<Path> & keyof typeof PARAMETERS]: v.InferOutput<(typeof PARAMETERS)[Name]>;
};

type KnownPath<Path extends string> = [ParameterNames<Path>] extends [keyof typeof PARAMETERS] ? Path : never;

/** What a handler may send for a schema: the same, read-only. */
type Sent<Value> = Value extends readonly (infer Item)[]
	? readonly Sent<Item>[]
	: Value extends object
		? { readonly [Field in keyof Value]: Sent<Value[Field]> }
		: Value;

type BodySchema = v.GenericSchema<unknown, unknown>;
type QuerySchema = v.StrictObjectSchema<v.ObjectEntries, undefined>;
type QueryOf<Query> = Query extends QuerySchema ? v.InferOutput<Query> : Record<never, never>;
type BodyOf<Body> = Body extends BodySchema ? v.InferOutput<Body> : undefined;

/** One request, read and allowed. */
interface AdminCall<Path extends string, Query, Body> {
	readonly ports: AdminPorts;
	readonly requester: Requester;
	readonly parameters: PathParameters<Path>;
	readonly query: QueryOf<Query>;
	readonly body: BodyOf<Body>;
	readonly expected: ExpectedRevision;
	/** The value of a request header. */
	readonly header: (name: string) => string | null;
	/** The ledger of the tenant that the path names. */
	readonly ledger: "tenant" extends ParameterNames<Path> ? TenantLedgerPort : undefined;
}

/** A success; `revision` becomes the `ETag`. */
export interface AdminSuccess<Body> {
	readonly status?: number;
	/** A stream is JSON already, and of the same shape. */
	readonly body: Body | ReadableStream<Uint8Array>;
	readonly revision?: number | undefined;
}

/** What both kinds of route say of themselves. */
interface RouteFacts<Id extends string, Path extends string> {
	/** The operation's name in OpenAPI, in the client's types and in the audit trail: `policy.put`. */
	readonly operationId: Id;
	readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
	readonly path: KnownPath<Path>;
	readonly summary: string;
	/** More than the summary has room for. */
	readonly description?: string;
}

/** A route that asks who is calling. There is no default for `roles`: a route without it does not compile. */
export interface GuardedRoute<
	Id extends string,
	Path extends string,
	Query extends QuerySchema | undefined,
	Body extends BodySchema | undefined,
	Reply extends BodySchema,
> extends RouteFacts<Id, Path> {
	readonly roles: readonly [AdminRole, ...AdminRole[]];
	readonly query?: Query;
	readonly body?: Body;
	/** Default: `application/json`. */
	readonly contentTypes?: readonly [string, ...string[]];
	/** Request headers that the route reads itself, for the description. */
	readonly headers?: Readonly<Record<string, { readonly required: boolean; readonly description: string }>>;
	/** Whether `If-Match` is read, and whether it must be sent. */
	readonly precondition?: PreconditionKind;
	readonly reply: {
		readonly schema: Reply;
		readonly description: string;
		/** Default: 200 alone. The first is sent where the handler does not say. */
		readonly statuses?: readonly [number, ...number[]];
		/** Whether there is an `ETag`. */
		readonly revisioned?: boolean;
	};
	/** Statuses of refusals beside those that every guarded route has. */
	readonly refusals?: readonly (404 | 409 | 412 | 422 | 428 | 429)[];
	readonly handle: (
		call: AdminCall<Path, Query, Body>,
	) => Promise<Result<AdminSuccess<Sent<v.InferOutput<Reply>>>, AdminRefusal>>;
}

/** A route for anyone: it sees no store and no requester. */
export interface PublicRoute<Id extends string, Path extends string> extends RouteFacts<Id, Path> {
	readonly roles: "anyone";
	readonly reply: { readonly contentType: string; readonly description: string };
	/** Holds the body. */
	readonly file: DocumentFile;
	/** `nonce` is of this reply, for the scripts and styles of a page. */
	readonly headers: (nonce: string) => Readonly<Record<string, string>>;
}

/** A route of the list, whatever it takes and answers with. */
export type AnyGuardedRoute = Omit<
	GuardedRoute<string, string, QuerySchema | undefined, BodySchema | undefined, BodySchema>,
	"handle" | "path"
> & {
	readonly path: string;
	readonly handle: (call: never) => Promise<Result<AdminSuccess<unknown>, AdminRefusal>>;
};
export type AnyRoute = AnyGuardedRoute | (Omit<PublicRoute<string, string>, "path"> & { readonly path: string });

/** Declares a guarded route, and keeps its types for the client. */
export function guarded<
	const Id extends string,
	const Path extends string,
	Reply extends BodySchema,
	Query extends QuerySchema | undefined = undefined,
	Body extends BodySchema | undefined = undefined,
>(route: GuardedRoute<Id, Path, Query, Body, Reply>): GuardedRoute<Id, Path, Query, Body, Reply> {
	return route;
}

/** Declares a route for anyone. */
export function open<const Id extends string, const Path extends string>(
	route: PublicRoute<Id, Path>,
): PublicRoute<Id, Path> {
	return route;
}
