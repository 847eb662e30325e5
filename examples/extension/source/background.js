// The background: a service worker in Chromium, an event page in Firefox. Both may be stopped at any moment, so nothing that
// matters lives in variables, and every listener is added at once.

import { onAsk } from "./background/asking.js";
import { onMessage } from "./background/messages.js";
import { addMenus, onAction, onMenu } from "./background/menus.js";
import { onAlarm, setAlarm } from "./background/watchlist.js";
import { api } from "./shared/browser.js";

api.runtime.onInstalled.addListener(async () => {
  await addMenus();
  await setAlarm();
});
api.runtime.onStartup.addListener(setAlarm);
api.runtime.onMessage.addListener(onMessage);
api.runtime.onConnect.addListener(onAsk);
api.contextMenus.onClicked.addListener(onMenu);
api.action.onClicked.addListener(onAction);
api.alarms.onAlarm.addListener(onAlarm);
