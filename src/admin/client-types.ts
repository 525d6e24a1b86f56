import type * as v from "valibot";
import type { ADMIN_ROUTES } from "./routes.ts";
import type { PathParameters } from "./define-route.ts";

/** The routes that take a key, by the name of their operation. */
type GuardedRoutes = Extract<(typeof ADMIN_ROUTES)[number], { readonly roles: readonly string[] }>;

/** The name of an operation, such as `policy.put`. */
export type AdminOperation = GuardedRoutes["operationId"];

type RouteOf<Operation extends AdminOperation> = Extract<GuardedRoutes, { readonly operationId: Operation }>;

/** What stands in an operation's path. */
export type AdminParameters<Operation extends AdminOperation> = PathParameters<RouteOf<Operation>["path"]>;

/** What a schema takes; `undefined` where there is none. */
type TakenOrNothing<Schema> = [NonNullable<Schema>] extends [never]
	? undefined
	: NonNullable<Schema> extends v.GenericSchema
		? v.InferInput<NonNullable<Schema>>
		: never;

/** What an operation takes in its query, as text; `undefined` where it takes nothing. */
export type AdminQuery<Operation extends AdminOperation> = TakenOrNothing<RouteOf<Operation>["query"]>;

/** The body that an operation takes; `undefined` where it takes none. */
export type AdminBody<Operation extends AdminOperation> = TakenOrNothing<RouteOf<Operation>["body"]>;

/** What an operation answers with where it succeeds. */
export type AdminReply<Operation extends AdminOperation> = v.InferOutput<RouteOf<Operation>["reply"]["schema"]>;

/** A policy as it is written: what `policy.put` takes and `policy.get` gives. */
export type { PolicyDocument } from "../core/policy-schema/policy.ts";

/** What any operation answers with where it does not. */
export type { ErrorBody as AdminError } from "./schemas/common.ts";
