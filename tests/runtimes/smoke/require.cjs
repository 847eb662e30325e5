const { refang } = require("ioc-lookup");

console.log(refang("hxxp://a[.]example"));
