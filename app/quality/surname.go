package quality

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// surnames are the common family names of one character.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文樊耿牛葛邢安齐伍温季俞兰童庄焦骆纪翟莘洪倪吉殷詹岳欧颜裴柯鲁左关梅辛申屈盛翁柴聂游祝霍涂成鲍尚管卓凌阮甘路米柳单尤谷房冉宁褚靳党景苗舒岑隋牟柏项司包瞿冷华解区仇查盖朴薄缪晏虞车闵奚桂应费宗全楼蓝喻佟嵇麦连边卞卜祁饶丛晁池揭练乐冼花艾封邬娄滕郎鄢巩宫鞠危蔺敖原沙迟逯窦明褟苑郁芦佘桑巫甄商娟鹿战栾曲仲宣赫伊臧强苟官漆蒲臻荆荣束支闻厉阳满计储符裘云湛滑皮卫邰匡巴古时粟尧居阚衣冀井刁竺植植戚相帅谌贡麻斯谈宾公肇雍矫门谯幸禹訾慕初丰种员召黑盘折尉秘冮逄乜亓郇郗隗昝芮"

// compounds are family names of two characters.
const compounds = "欧阳 诸葛 司马 上官 司徒 东方 独孤 南宫 夏侯 皇甫 尉迟 公孙 轩辕 令狐 钟离 宇文 长孙 慕容 鲜于 闾丘 澹台 呼延 端木 万俟 百里 东郭 西门 申屠 太史 濮阳 赫连 拓跋 完颜 纳兰 公冶 公羊 淳于 单于 第五"

var surnameSet = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool, 512)
	for _, r := range surnames {
		m[string(r)] = true
	}
	for c := range strings.FieldsSeq(compounds) {
		m[c] = true
	}
	return m
})

// surnameOf gives the family name at the start of s, or nothing.
func surnameOf(s string) string {
	set := surnameSet()
	_, n := utf8.DecodeRuneInString(s)
	if n < len(s) {
		_, m := utf8.DecodeRuneInString(s[n:])
		if set[s[:n+m]] {
			return s[:n+m]
		}
	}
	if set[s[:n]] {
		return s[:n]
	}
	return ""
}

// surnameReadings are family names that are read otherwise than the character.
var surnameReadings = map[string]string{
	"单": "shan", "曾": "zeng", "解": "xie", "区": "ou", "仇": "qiu", "查": "zha", "朴": "piao", "盖": "ge", "任": "ren", "覃": "qin",
	"翟": "zhai", "缪": "miao", "尉迟": "yu chi", "万俟": "mo qi", "乐": "yue", "冼": "xian", "折": "she", "黑": "he", "员": "yun", "召": "shao",
	"种": "chong", "秘": "bi", "繁": "po", "祭": "zhai", "洗": "xian", "应": "ying", "华": "hua", "宁": "ning", "车": "che", "卜": "bu",
	"薄": "bo", "长孙": "zhang sun", "澹台": "tan tai", "单于": "chan yu", "令狐": "ling hu", "褚": "chu", "燕": "yan", "葛": "ge", "莘": "shen",
	"隗": "wei", "訾": "zi", "逄": "pang", "乜": "nie", "哈": "ha", "那": "na", "曲": "qu", "牟": "mu", "佴": "nai", "句": "gou", "都": "du",
	"石": "shi", "沈": "shen", "占": "zhan", "费": "fei", "贾": "jia", "谌": "chen", "俞": "yu", "纪": "ji", "柏": "bai", "郗": "xi", "郇": "xun",
	"於": "yu", "厘": "li", "晁": "chao", "瞿": "qu", "妫": "gui", "宓": "mi", "幺": "yao", "冯": "feng", "相": "xiang",
}
