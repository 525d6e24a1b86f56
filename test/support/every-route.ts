import { HEALTH_PATH, ROUTES } from "../../src/http/app.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Every method of every path of the inference Worker, whether it is served or refused. */
export const EVERY_ROUTE: readonly { readonly method: string; readonly path: string }[] = [
	{ method: "GET", path: HEALTH_PATH },
	...ROUTES.flatMap(({ path }) => METHODS.map((method) => ({ method, path }))),
];
