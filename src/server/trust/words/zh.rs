//! Chinese.

use super::{Steps, Words};

pub(in crate::server::trust) const WORDS: Words = Words {
    tag: "zh",
    direction: "ltr",
    own_name: "中文",
    languages: "语言",
    title: "让这台设备信任 {name}",
    lede: "{name} 运行在你身边的一台机器上，因此没有公共机构为它作证。它有自己的证书颁发机构。在每台设备上安装一次，浏览器的警告就会永远消失。",
    looking: "正在检查这台设备是否信任 {name}……",
    trusts: "这台设备信任 {name}。",
    not_yet: "这台设备还不信任 {name}。一旦信任，本页会自动发现。",
    passed_by: "如果你曾在这个浏览器中跳过警告，这里可能说得太早：请仍然完成下面的步骤。",
    scriptless: "如果这里有一个对勾，说明这台设备信任 {name}。完成步骤后请重新加载本页。",
    no_tick: "没有对勾",
    open: "打开 {name}",
    here: "在这台设备上",
    others: "在其他系统上",
    each: "是哪种系统？",
    download: "下载证书",
    download_profile: "下载描述文件",
    ios: Steps {
        system: "iPhone 和 iPad",
        steps: &[
            "在 Safari 中轻点上面的按钮，并允许下载。",
            "打开“设置”，轻点顶部的“已下载描述文件”。（之后可在“通用”>“VPN与设备管理”中找到。）轻点“安装”并输入密码。",
            "在“设置”中前往“通用”>“关于本机”>“证书信任设置”，打开“{authority}”。",
        ],
    },
    android: Steps {
        system: "Android",
        steps: &[
            "点按上面的按钮。保留文件，不要打开。",
            "打开“设置”，搜索“CA 证书”。点按它，再点按“仍然安装”。",
            "从下载内容中选择 `inkspot-ca.cer`。",
            "此后 Android 可能会提示网络可能受到监控。安装任何证书颁发机构时它都会这样提示；而这一个做不到：见下文。",
        ],
    },
    windows: Steps {
        system: "Windows",
        steps: &[
            "点击上面的按钮并打开文件。",
            "点击“安装证书…”，选择“当前用户”，继续。",
            "选择“将所有的证书都放入下列存储”，点击“浏览…”，选择“受信任的根证书颁发机构”。",
            "完成，回答“是”，然后重新启动浏览器。",
        ],
    },
    mac: Steps {
        system: "Mac",
        steps: &[
            "点击上面的按钮并打开文件。“钥匙串访问”会添加它。",
            "在列表中找到“{authority}”并双击。",
            "展开“信任”，将“使用此证书时”设为“始终信任”，关闭窗口并输入密码。",
            "重新启动浏览器。",
        ],
    },
    linux: Steps {
        system: "Linux 和 ChromeOS",
        steps: &[
            "用上面的按钮下载证书。",
            "Chrome 和 Chromium：打开“设置”>“隐私和安全”>“安全”>“管理证书”，把文件作为受信任的证书或用于识别网站的颁发机构导入。",
            "让 Debian 和 Ubuntu 上的所有程序信任：`sudo cp inkspot-ca.crt /usr/local/share/ca-certificates/ && sudo update-ca-certificates`",
            "在 Fedora 和 Arch 上：`sudo trust anchor inkspot-ca.crt`",
        ],
    },
    firefox: Steps {
        system: "Firefox（如果仍有警告）",
        steps: &[
            "点击上面的按钮并保留文件。",
            "打开“设置”>“隐私与安全”>“证书”>“查看证书…”>“证书颁发机构”，点击“导入…”。",
            "选择 `inkspot-ca.crt`，勾选“信任由此证书颁发机构来标识的网站”，然后确认。",
        ],
    },
    compare_title: "是正确的那一个吗？",
    compare: "安装之前，请核对它的指纹（SHA-256）。设备会随证书一起显示；服务器启动时会打印出来，管理服务器的人也可以念给你听。",
    power_title: "它能做什么",
    power: "它只能为私有地址和名称（例如家庭网络中的）以及这台服务器自己的名称作证，除此之外什么都不能：即使有人偷走它的密钥，也无法冒充其他网站。",
    elsewhere_title: "在另一台设备上",
    elsewhere: "用它的相机扫描二维码，或输入地址：",
    code: "本页地址的二维码",
    profile: "让这台设备信任 {name}。",
};
