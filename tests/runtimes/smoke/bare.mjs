import { refang } from "ioc-lookup";

console.log(refang("hxxp://a[.]example"));
