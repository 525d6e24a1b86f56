import { describe } from "vitest";
import { createFakeWorld } from "./fake-world.ts";
import { describeRoutes } from "./routes-suite.ts";

describe("the admin API", () => {
	describeRoutes(() => createFakeWorld());
});
