import { configureGlobal } from "fast-check";

/** Each mutant runs every test that reaches it, so a property is tried a few times and not a hundred. */
configureGlobal({ numRuns: 20 });
