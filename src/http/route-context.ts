/** A request on its way to the handler of its route. */
export interface Context {
	readonly req: {
		readonly raw: Request;
		/** What stands in the address for a name in the route's path; undefined where the path has no such name. */
		readonly param: (name: string) => string | undefined;
	};
}
