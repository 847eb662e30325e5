// All scenarios. Order: as the rules stand; names are unique.

import errors from "./errors.mjs";
import fetchContract from "./fetch-contract.mjs";
import lifecycle from "./lifecycle.mjs";
import profiles from "./profiles.mjs";
import qradar from "./qradar.mjs";
import refresh from "./refresh.mjs";
import retries from "./retries.mjs";
import security from "./security.mjs";
import storage from "./storage.mjs";
import tokenManager from "./token-manager.mjs";
import tokenResponse from "./token-response.mjs";

export const scenarios = [...tokenManager, ...refresh, ...profiles, ...qradar, ...tokenResponse, ...fetchContract, ...retries, ...errors, ...security, ...storage, ...lifecycle];
