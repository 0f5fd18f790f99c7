package quality

// cases are the noise of real sheets, one normaliser after the other: input,
// value, status, code (see parseCases).
var cases = map[string]string{
	"name": `
杭州恒远科技有限公司 | 杭州恒远科技有限公司 | ok
 杭州恒远科技有限公司 | 杭州恒远科技有限公司 | fixed
杭州恒远科技有限公司\u3000 | 杭州恒远科技有限公司 | fixed
\u00a0杭州恒远科技有限公司 | 杭州恒远科技有限公司 | fixed
杭州恒远\u200b科技有限公司 | 杭州恒远科技有限公司 | fixed
杭州恒远\ufeff科技有限公司\n | 杭州恒远科技有限公司 | fixed
杭州恒远\u200d科技有限公司 | 杭州恒远科技有限公司 | fixed
恒远 科技有限公司 | 恒远科技有限公司 | fixed
恒远科技(上海)有限公司 | 恒远科技（上海）有限公司 | fixed
恒远科技（上海）有限公司 | 恒远科技（上海）有限公司 | ok
恒远科技（上海)有限公司 | 恒远科技（上海）有限公司 | fixed
恒远科技 (上海) 有限公司 | 恒远科技（上海）有限公司 | fixed
深圳華達貿易有限公司 | 深圳华达贸易有限公司 | fixed
香港華達貿易有限公司 | 香港華達貿易有限公司 | ok
恒远科技有限责任公司 | 恒远科技有限责任公司 | ok
恒远科技股份有限公司 | 恒远科技股份有限公司 | ok
恒远科技有限公司苏州分公司 | 恒远科技有限公司苏州分公司 | ok
恒远科技 | 恒远科技 | ok
３Ｍ中国有限公司 | 3M中国有限公司 | fixed
TCL集团股份有限公司 | TCL集团股份有限公司 | ok
阿里巴巴（中国）网络技术有限公司 | 阿里巴巴（中国）网络技术有限公司 | ok
幸福里便利店 | 幸福里便利店 | ok
张伟 | 张伟 | ok
张 伟 | 张伟 | fixed
张　伟 | 张伟 | fixed
张伟先生 | 张伟 | fixed
张伟（采购） | 张伟 | fixed
陳偉 | 陈伟 | fixed
欧阳静女士 | 欧阳静 | fixed
张总 | 张总 | doubt | surname_only
欧阳经理 | 欧阳经理 | doubt | surname_only
Nordhaven Foods Co., Ltd. | Nordhaven Foods Co., Ltd. | ok
NORDHAVEN FOODS CO., LTD. | Nordhaven Foods Co., Ltd. | fixed
Nordhaven Foods Co Ltd | Nordhaven Foods Co., Ltd. | fixed
Nordhaven Foods Co.,Ltd | Nordhaven Foods Co., Ltd. | fixed
Nordhaven  Foods CO., LTD. | Nordhaven Foods Co., Ltd. | fixed
Brightfield Ltd | Brightfield Ltd. | fixed
ABB (CHINA) CO LTD | ABB (China) Co., Ltd. | fixed
Apple Inc. | Apple Inc. | ok
Nestlé | Nestlé | ok
- |  | fixed
无 |  | fixed
N/A |  | fixed
#N/A |  | fixed
NULL |  | fixed
— |  | fixed
\u200b |  | fixed
13812345678 | 13812345678 | bad | name_digits
4.4E+17 | 4.4E+17 | bad | name_digits
恒\ufffd科技 | 恒\ufffd科技 | bad | name_damaged
`,
	"person": `
张伟 | 张伟 | ok
张 伟 | 张伟 | fixed
张\u3000伟 | 张伟 | fixed
张  伟 | 张伟 | fixed
张伟先生 | 张伟 | fixed
张伟 先生 | 张伟 | fixed
张伟女士 | 张伟 | fixed
张伟经理 | 张伟 | fixed
张伟总经理 | 张伟 | fixed
张伟总 | 张伟 | fixed
张伟（采购） | 张伟 | fixed
张伟(财务) | 张伟 | fixed
张小伟工 | 张小伟 | fixed
欧阳静 | 欧阳静 | ok
欧阳静总 | 欧阳静 | fixed
诸葛亮先生 | 诸葛亮 | fixed
张总 | 张总 | doubt | surname_only
张经理 | 张经理 | doubt | surname_only
王女士 | 王女士 | doubt | surname_only
李工 | 李工 | doubt | surname_only
欧阳先生 | 欧阳先生 | doubt | surname_only
陳偉 | 陈伟 | fixed
刘昇 | 刘昇 | ok
李喆 | 李喆 | ok
John Smith | John Smith | ok
John  Smith | John Smith | fixed
阿卜杜拉·买买提 | 阿卜杜拉·买买提 | ok
张\u200b伟 | 张伟 | fixed
张伟\n | 张伟 | fixed
/ |  | fixed
无 |  | fixed
暂无 |  | fixed
张伟13812345678 | 张伟13812345678 | bad | person_chars
a@b.cn | a@b.cn | bad | person_chars
`,
	"mobile": `
13812345678 | 13812345678 | ok
138-1234-5678 | 13812345678 | fixed
138 1234 5678 | 13812345678 | fixed
+8613812345678 | 13812345678 | fixed
+86 138-1234-5678 | 13812345678 | fixed
86-13812345678 | 13812345678 | fixed
008613812345678 | 13812345678 | fixed
(+86)13812345678 | 13812345678 | fixed
013812345678 | 13812345678 | fixed
１３８１２３４５６７８ | 13812345678 | fixed
13812345678（微信同号） | 13812345678 | fixed
13812345678(微信) | 13812345678 | fixed
13812345678 手机 | 13812345678 | fixed
手机：13812345678 | 13812345678 | fixed
Tel: 13812345678 | 13812345678 | fixed
'13812345678 | 13812345678 | fixed
 13812345678 | 13812345678 | fixed
138\u200b12345678 | 13812345678 | fixed
13812345678\n | 13812345678 | fixed
#n13812345678 | 13812345678 | ok
#n1.3812345678E10 | 13812345678 | fixed
13812345678.0 | 13812345678.0 | bad | phone_long
13812345678/13912345678 | 13812345678、13912345678 | fixed
13812345678、13912345678 | 13812345678、13912345678 | ok
021-63211678/13912345678 | 13912345678 | doubt | several_numbers
021-63211678 | 021-63211678 | doubt | phone_not_mobile
+852 9123 4567 | +85291234567 | doubt | phone_foreign
00852 9123 4567 | +85291234567 | doubt | phone_foreign
001-808-617-6467x12895 | +18086176467x12895 | doubt | phone_foreign
999-999-5555 | 999-999-5555 | doubt | phone_foreign
1-914-412-0298 | 1-914-412-0298 | doubt | phone_foreign
1 914 412 0298 | 1 914 412 0298 | doubt | phone_foreign
801-555-7712x4563;801-555-9999 | 801-555-7712x4563、801-555-9999 | doubt | phone_foreign
13812345678/914-412-0298 | 13812345678、914-412-0298 | doubt | phone_foreign
+852 9123 4567/+852 9123 4568 | +85291234567、+85291234568 | doubt | phone_foreign
138-123-45678 | 13812345678 | fixed
138-123-4567 | 138-123-4567 | bad | phone_short
1381234567 | 1381234567 | bad | phone_short
1380013 | 1380013 | bad | phone_short
138123456789 | 138123456789 | bad | phone_long
12812345678 | 12812345678 | bad | phone_chars
1.38E+10 | 1.38E+10 | bad | number_damaged
见名片 | 见名片 | bad | phone_chars
- |  | fixed
无 |  | fixed
#N/A |  | fixed
`,
	"phone": `
021-63211678 | 021-63211678 | ok
021-63211678-8001 | 021-63211678-8001 | ok
(021)63211678 | 021-63211678 | fixed
（021）63211678 | 021-63211678 | fixed
(021)63211678转8001 | 021-63211678-8001 | fixed
021 63211678 | 021-63211678 | fixed
021 63211678转8001 | 021-63211678-8001 | fixed
02163211678 | 021-63211678 | fixed
02163211678转8001 | 021-63211678-8001 | fixed
021－63211678 | 021-63211678 | fixed
021—63211678 | 021-63211678 | fixed
021-6321-1678 | 021-63211678 | fixed
021-6321 1678 | 021-63211678 | fixed
+86-21-63211678 | 021-63211678 | fixed
+86-21-63211678转8001 | 021-63211678-8001 | fixed
+86 21 6321 1678 | 021-63211678 | fixed
+86-571-88120943 | 0571-88120943 | fixed
#n2163211678 | 021-63211678 | fixed
#n57188120943 | 0571-88120943 | fixed
#n5351234567 | 5351234567 | bad | phone_short
2025-03-01 14:30:00 | 2025-03-01 14:30:00 | bad | phone_short
#n5352234567 | 0535-2234567 | fixed
0571-88120943 | 0571-88120943 | ok
0571-8812 0943 | 0571-88120943 | fixed
0571-88120943 转 806 | 0571-88120943-806 | fixed
0571-88120943分机806 | 0571-88120943-806 | fixed
0571-88120943 ext. 806 | 0571-88120943-806 | fixed
0571-88120943#806 | 0571-88120943-806 | fixed
0571-88120943x806 | 0571-88120943-806 | fixed
0535-6211678 | 0535-6211678 | ok
05356211678 | 0535-6211678 | fixed
010-62345678 | 010-62345678 | ok
#n1062345678 | 010-62345678 | fixed
电话：021-63211678 | 021-63211678 | fixed
021-63211678（总机） | 021-63211678 | fixed
4008001234 | 400-8001234 | fixed
400-800-1234 | 400-8001234 | fixed
95588 | 95588 | ok
187970 | 187970 | bad | phone_short
914-412-0298 | 914-412-0298 | doubt | phone_foreign
914.412.0298 | 914.412.0298 | doubt | phone_foreign
914 412 0298 | 914 412 0298 | doubt | phone_foreign
(914) 412-0298 | (914) 412-0298 | doubt | phone_foreign
(914)412-0298 | (914)412-0298 | doubt | phone_foreign
（914）412-0298 | 914 412-0298 | doubt | phone_foreign
Tel: 914.412.0298 | 914.412.0298 | doubt | phone_foreign
914-412-0298 (home) | 914-412-0298 | doubt | phone_foreign
397.884.0519x718 | 397.884.0519x718 | doubt | phone_foreign
397.884.0519 ext. 718 | 397.884.0519x718 | doubt | phone_foreign
310-430-7876 | 310-430-7876 | doubt | phone_foreign
585-255-1127 | 585-255-1127 | doubt | phone_foreign
229.077.5154 | 229.077.5154 | doubt | phone_foreign
914-412-0298;310-430-7876 | 914-412-0298、310-430-7876 | doubt | phone_foreign
914-412-0298 310-430-7876 | 914-412-0298、310-430-7876 | doubt | phone_foreign
+1-539-402-0259 | +15394020259 | doubt | phone_foreign
(071) 23 67 22 20 | (071) 23 67 22 20 | bad | phone_area
571-88120943 | 0571-88120943 | fixed
571-8812-0943 | 0571-88120943 | fixed
571 8812 0943 | 0571-88120943 | fixed
10-6512-3456 | 010-65123456 | fixed
010-6512 3456 | 010-65123456 | fixed
86-571-88120943 | 0571-88120943 | fixed
86-571-8812-0943 | 0571-88120943 | fixed
86-535-621-1678 | 0535-6211678 | fixed
+86 535 621 1678 | 0535-6211678 | fixed
0535-621-1678 | 0535-6211678 | fixed
535-6211678 | 0535-6211678 | fixed
400-812-3456 | 400-8123456 | fixed
800-810-1234 | 800-8101234 | fixed
63211678 | 63211678 | doubt | phone_no_area
63211678转8001 | 63211678-8001 | doubt | phone_no_area
6211678 | 6211678 | doubt | phone_no_area
021-6321167 | 021-6321167 | doubt | phone_length
0571-8812094 | 0571-8812094 | doubt | phone_length
021-632116789 | 021-632116789 | bad | phone_long
021-632116 | 021-632116 | bad | phone_short
0161-63211678 | 0161-63211678 | bad | phone_area
13812345678 | 13812345678 | doubt | phone_not_landline
2.16E+09 | 2.16E+09 | bad | number_damaged
- |  | fixed
`,
	"uscc": `
91330110MAPK7YFU2H | 91330110MAPK7YFU2H | ok
91330110mapk7yfu2h | 91330110MAPK7YFU2H | fixed
9133 0110 MAPK 7YFU2H | 91330110MAPK7YFU2H | fixed
税号：91330110MAPK7YFU2H | 91330110MAPK7YFU2H | fixed
税号:91330110MAPK7YFU2H | 91330110MAPK7YFU2H | fixed
信用代码 91330110MAPK7YFU2H | 91330110MAPK7YFU2H | fixed
统一社会信用代码（91330110MAPK7YFU2H | 91330110MAPK7YFU2H | fixed
９１３３０１１０ＭＡＰＫ７ＹＦＵ２Ｈ | 91330110MAPK7YFU2H | fixed
'91330110MAPK7YFU2H | 91330110MAPK7YFU2H | fixed
913301\u200b10MAPK7YFU2H | 91330110MAPK7YFU2H | fixed
9133O11OMAPK7YFU2H | 91330110MAPK7YFU2H | fixed
9I33O110MAPK7YFU2H | 91330110MAPK7YFU2H | fixed
914403053737292914 | 914403053737292914 | ok
9144O3053737292914 | 914403053737292914 | fixed
91330110MAPK7YFU2J | 91330110MAPK7YFU2J | bad | uscc_check
91330110MAPK7YUF2H | 91330110MAPK7YUF2H | bad | uscc_check
9133O110MAPK7YFU3H | 9133O110MAPK7YFU3H | bad | uscc_chars
91330110MAPK7YFU2 | 91330110MAPK7YFU2 | bad | uscc_short
91330110MAPK7YFU2HH | 91330110MAPK7YFU2HH | bad | uscc_long
91330110MAPK7YFUSH | 91330110MAPK7YFUSH | bad | uscc_chars
330110000012345 | 330110000012345 | bad | uscc_old
9.1E+17 | 9.1E+17 | bad | number_damaged
#n914403053737293000 | 914403053737293000 | bad | number_damaged
待办 | 待办 | bad | uscc_short
 |  | ok
/ |  | fixed
`,
	"id": `
11010519491231002X | 11010519491231002X | ok
11010519491231002x | 11010519491231002X | fixed
110105 19491231 002X | 11010519491231002X | fixed
'11010519491231002X | 11010519491231002X | fixed
身份证：11010519491231002X | 11010519491231002X | fixed
１１０１０５１９４９１２３１００２Ｘ | 11010519491231002X | fixed
 11010519491231002X\n | 11010519491231002X | fixed
110105194912310021 | 110105194912310021 | bad | id_check
110105194931120020 | 110105194931120020 | bad | id_check
1101051949123100X | 1101051949123100X | bad | id_short
1101051949123100221 | 1101051949123100221 | bad | id_long
110105491231002 | 110105491231002 | bad | id_old
11010519491231002A | 11010519491231002A | bad | id_chars
4.4E+17 | 4.4E+17 | bad | number_damaged
#n110105194912310000 | 110105194912310000 | bad | number_damaged
无 |  | fixed
`,
	"email": `
a.b@163.com | a.b@163.com | ok
A.B@163.COM | a.b@163.com | fixed
a.b＠163.com | a.b@163.com | fixed
a.b @163.com | a.b@163.com | fixed
mailto:a.b@163.com | a.b@163.com | fixed
邮箱：a.b@163.com | a.b@163.com | fixed
张伟 <a.b@163.com> | a.b@163.com | fixed
a.b@163.con | a.b@163.com | fixed
a.b@163.cm | a.b@163.com | fixed
a.b@136.com | a.b@163.com | doubt | email_domain
a.b@163。com | a.b@163.com | fixed
a.b@QQ,com | a.b@qq.com | fixed
a.b@qq.con | a.b@qq.com | fixed
a.b@gmial.com | a.b@gmail.com | fixed
a.b@gamil.com | a.b@gmail.com | fixed
a.b@hengyuan.con | a.b@hengyuan.com | fixed
a.b@hengyuan,com | a.b@hengyuan.com | fixed
a.b@hengyuan.com.cn | a.b@hengyuan.com.cn | ok
a_b-c+1@mail.hengyuan.cn | a_b-c+1@mail.hengyuan.cn | ok
a@163.com;b@163.com | a@163.com、b@163.com | fixed
a@163.com; b@ | a@163.com | doubt | several_values
a.b | a.b | bad | email_form
a.b@ | a.b@ | bad | email_form
@163.com | @163.com | bad | email_form
a.b@163 | a.b@163 | bad | email_form
a..b@163.com | a..b@163.com | bad | email_form
张伟@163.com | 张伟@163.com | bad | email_form
- |  | fixed
`,
	"date": `
2025-03-01 | 2025-03-01 | ok
2025-3-1 | 2025-03-01 | fixed
2025.3.1 | 2025-03-01 | fixed
2025/3/1 | 2025-03-01 | fixed
2025年3月1日 | 2025-03-01 | fixed
2025 年 3 月 1 日 | 2025-03-01 | fixed
2025年03月01号 | 2025-03-01 | fixed
20250301 | 2025-03-01 | fixed
２０２５－０３－０１ | 2025-03-01 | fixed
2025-03-01 14:30:00 | 2025-03-01 | fixed
2025-03-01T00:00:00Z | 2025-03-01 | fixed
2025/3/1 0:00 | 2025-03-01 | fixed
20250301143000 | 2025-03-01 | fixed
3/1/25 | 2025-03-01 | fixed
03/01/25 | 2025-03-01 | fixed
12/31/24 | 2024-12-31 | fixed
3/1/2025 | 2025-03-01 | fixed
31/12/2024 | 2024-12-31 | doubt | date_order
25.3.1 | 2025-03-01 | doubt | date_order
3/1/85 | 1985-03-01 | doubt | date_century
#n45717 | 2025-03-01 | fixed
#n45717.5 | 2025-03-01 | fixed
#n20250301 | 2025-03-01 | fixed
#n1 | 1 | bad | date_range
#n-5 | -5 | bad | date_unknown
45717 | 2025-03-01 | doubt | date_serial
2025-02-30 | 2025-02-30 | bad | date_invalid
2025-13-01 | 2025-13-01 | bad | date_invalid
2024-02-29 | 2024-02-29 | ok
2023-02-29 | 2023-02-29 | bad | date_invalid
1899-12-31 | 1899-12-31 | bad | date_range
2025-3 | 2025-3 | bad | date_partial
2025年3月 | 2025年3月 | bad | date_partial
202503 | 202503 | bad | date_partial
2025 | 2025 | bad | date_partial
长期 | 长期 | bad | date_unknown
1-2-3-4 | 1-2-3-4 | bad | date_unknown
 2025-03-01 | 2025-03-01 | fixed
2025-03-01\u200b | 2025-03-01 | fixed
无 |  | fixed
#N/A |  | fixed
`,
	"amount": `
125000.00 | 125000.00 | ok
125000 | 125000.00 | fixed
125,000.00 | 125000.00 | fixed
￥125,000.00 | 125000.00 | fixed
¥125,000.00 | 125000.00 | fixed
RMB 125,000.00 | 125000.00 | fixed
人民币125000元整 | 125000.00 | fixed
125000元 | 125000.00 | fixed
12.5万 | 125000.00 | fixed
12.5万元 | 125000.00 | fixed
12.5 万 | 125000.00 | fixed
48w | 480000.00 | fixed
48W | 480000.00 | fixed
48万 | 480000.00 | fixed
1.2亿 | 120000000.00 | fixed
3千 | 3000.00 | fixed
15k | 15000.00 | fixed
12.54321万 | 125432.10 | fixed
１２５０００ | 125000.00 | fixed
 125000.5 | 125000.50 | fixed
0 | 0.00 | fixed
0.5 | 0.50 | fixed
007 | 7.00 | fixed
#n125000 | 125000.00 | fixed
#n125432.1 | 125432.10 | fixed
#n125432.09999999999 | 125432.10 | fixed
#n1.25E5 | 125000.00 | fixed
-500 | -500.00 | fixed
(500) | -500.00 | doubt | amount_negative
¥-500 | -500.00 | fixed
12,5000.00 | 125000.00 | fixed
1,25,000 | 125000.00 | doubt | amount_groups
125000.123 | 125000.12 | doubt | amount_rounded
0.999 | 1.00 | doubt | amount_rounded
1.25E+05 | 1.25E+05 | bad | number_damaged
$500 | $500 | bad | amount_currency
500USD | 500USD | bad | amount_currency
10-20万 | 10-20万 | bad | amount_unknown
面议 | 面议 | bad | amount_unknown
1.2.3 | 1.2.3 | bad | amount_unknown
1234567890123456 | 1234567890123456 | bad | amount_large
- |  | fixed
`,
	"account": `
110913110536188354 | 110913110536188354 | ok
1109 1311 0536 1883 54 | 110913110536188354 | fixed
1109-1311-0536-1883-54 | 110913110536188354 | fixed
'110913110536188354 | 110913110536188354 | fixed
账号：110913110536188354 | 110913110536188354 | fixed
１１０９１３１１０５３６１８８３５４ | 110913110536188354 | fixed
6216612605751001944 | 6216612605751001944 | ok
6216612605751001945 | 6216612605751001945 | doubt | account_check
#n1234567890 | 1234567890 | ok
#n110913110536188350 | 110913110536188350 | bad | number_damaged
#n1.1091311053618835E17 | 1.1091311053618835E17 | bad | number_damaged
1.10913E+17 | 1.10913E+17 | bad | number_damaged
1234567 | 1234567 | bad | account_short
123456789012345678901234567890123 | 123456789012345678901234567890123 | bad | account_long
GB29NWBK60161331926819 | GB29NWBK60161331926819 | bad | account_chars
无 |  | fixed
`,
	"province": `
浙江省 | 浙江省 | ok
浙江 | 浙江省 | fixed
 浙江 | 浙江省 | fixed
上海 | 上海市 | fixed
广西 | 广西壮族自治区 | fixed
内蒙古 | 内蒙古自治区 | fixed
新疆 | 新疆维吾尔自治区 | fixed
香港 | 香港特别行政区 | fixed
浙 江 | 浙江省 | fixed
廣東省 | 广东省 | fixed
火星 | 火星 | bad | place_unknown
`,
	"city": `
杭州市 | 杭州市 | ok
杭州 | 杭州市 | fixed
浙江省杭州市 | 杭州市 | fixed
上海 | 上海市 | fixed
大理 | 大理白族自治州 | fixed
延边 | 延边朝鲜族自治州 | fixed
仙桃 | 仙桃市 | fixed
纽约 | 纽约 | bad | place_unknown
`,
	"district": `
西湖区 | 西湖区 | ok
昆山 | 昆山市 | fixed
昆山市 | 昆山市 | ok
余杭 | 余杭区 | fixed
浦东新区 | 浦东新区 | ok
闸北区 | 闸北区 | ok
不知道区 | 不知道区 | bad | place_unknown
`,
	"street": `
中山路128号创业大厦A座1203室 | 中山路128号创业大厦A座1203室 | ok
中山路128号 创业大厦A座1203室 | 中山路128号创业大厦A座1203室 | fixed
中山路１２８号Ａ座 | 中山路128号A座 | fixed
中山路128号（东门） | 中山路128号（东门） | ok
12 Main Street | 12 Main Street | ok
中山路128号\n | 中山路128号 | fixed
- |  | fixed
`,
	"reference": `
HT-2024-01234 | HT-2024-01234 | ok
ht-2024-01234 | HT-2024-01234 | fixed
HT202401234 | HT-2024-01234 | fixed
ＨＴ－２０２４－０１２３４ | HT-2024-01234 | fixed
HT 2024 01234 | HT-2024-01234 | fixed
CG20240301001 | CG20240301001 | ok
无 |  | fixed
`,
	"plain": `
月结30天 | 月结30天 | ok
月结３０天 | 月结30天 | fixed
 月结30天\n | 月结30天 | fixed
月结\u200b30天 | 月结30天 | fixed
第一行\n第二行 | 第一行\n第二行 | ok
款到发货（先付50%） | 款到发货（先付50%） | ok
/ |  | fixed
`,
	"choice": `
重点 | 重点 | ok
A | 重点 | fixed
a | 重点 | fixed
Ａ | 重点 | fixed
A类 | 重点 | fixed
b级 | 普通 | fixed
1 | 重点 | fixed
#n2 | 普通 | fixed
3.0 | 一般 | fixed
重点客户 | 重点 | fixed
重點 | 重点 | fixed
 一般  | 一般 | fixed
4 | 4 | bad | choice_unknown
特级 | 特级 | bad | choice_unknown
- |  | fixed
`,
	"address": `
浙江省杭州市西湖区中山路128号 | 浙江省杭州市西湖区中山路128号 | ok
浙江杭州西湖区中山路128号 | 浙江省杭州市西湖区中山路128号 | fixed
中山路128号 | 中山路128号 | doubt | place_unknown
朝阳区建国路1号 | 朝阳区建国路1号 | doubt | place_ambiguous
- |  | fixed
`,
}

const addressCases = `
浙江省杭州市西湖区中山路128号创业大厦A座1203室 | 浙江省 | 杭州市 | 西湖区 | 中山路128号创业大厦A座1203室
杭州市西湖区中山路128号 | 浙江省 | 杭州市 | 西湖区 | 中山路128号
浙江杭州西湖区中山路128号 | 浙江省 | 杭州市 | 西湖区 | 中山路128号
浙江杭州西湖 | 浙江省 | 杭州市 | 西湖区 | 
浙江省-杭州市-西湖区-中山路128号 | 浙江省 | 杭州市 | 西湖区 | 中山路128号
浙江省/杭州市/西湖区 | 浙江省 | 杭州市 | 西湖区 | 
浙江省 杭州市 西湖区 中山路128号 | 浙江省 | 杭州市 | 西湖区 | 中山路128号
上海市浦东新区人民路5号 | 上海市 | 上海市 | 浦东新区 | 人民路5号
上海浦东新区人民路5号 | 上海市 | 上海市 | 浦东新区 | 人民路5号
上海市上海市静安区南京路1号 | 上海市 | 上海市 | 静安区 | 南京路1号
上海市市辖区静安区南京路1号 | 上海市 | 上海市 | 静安区 | 南京路1号
上海静安区南京西路1号 | 上海市 | 上海市 | 静安区 | 南京西路1号
上海南京西路1号 | 上海市 | 上海市 |  | 南京西路1号
上海市北京东路2号 | 上海市 | 上海市 |  | 北京东路2号
昆山市中山路1号 | 江苏省 | 苏州市 | 昆山市 | 中山路1号
江苏昆山市中山路1号 | 江苏省 | 苏州市 | 昆山市 | 中山路1号
江苏省苏州市昆山市中山路1号 | 江苏省 | 苏州市 | 昆山市 | 中山路1号
山东青岛市南区创业路1178号 | 山东省 | 青岛市 | 市南区 | 创业路1178号
青岛市市南区创业路1178号 | 山东省 | 青岛市 | 市南区 | 创业路1178号
青岛市城阳区创业路1178号 | 山东省 | 青岛市 | 城阳区 | 创业路1178号
福建厦门思明区湖滨路693号 | 福建省 | 厦门市 | 思明区 | 湖滨路693号
吉林市船营区北京路3号 | 吉林省 | 吉林市 | 船营区 | 北京路3号
吉林长春朝阳区人民大街3号 | 吉林省 | 长春市 | 朝阳区 | 人民大街3号
北京市朝阳区建国路1号 | 北京市 | 北京市 | 朝阳区 | 建国路1号
广西壮族自治区南宁市青秀区长江路9号 | 广西壮族自治区 | 南宁市 | 青秀区 | 长江路9号
广西南宁青秀区长江路9号 | 广西壮族自治区 | 南宁市 | 青秀区 | 长江路9号
内蒙古呼和浩特市新城区新华路1号 | 内蒙古自治区 | 呼和浩特市 | 新城区 | 新华路1号
湖北省仙桃市人民路1号 | 湖北省 | 仙桃市 |  | 人民路1号
广东省东莞市长安镇工业大道1号 | 广东省 | 东莞市 |  | 长安镇工业大道1号
上海市闸北区光明路1号 | 上海市 | 上海市 | 闸北区 | 光明路1号
中国浙江省杭州市西湖区中山路128号 | 浙江省 | 杭州市 | 西湖区 | 中山路128号
杭州市中山路１２８号 Ａ座 | 浙江省 | 杭州市 |  | 中山路128号A座
重庆渝中区解放路1号 | 重庆市 | 重庆市 | 渝中区 | 解放路1号
香港中西区皇后大道1号 | 香港特别行政区 | 香港特别行政区 | 中西区 | 皇后大道1号
北京路12号 |  |  |  | 北京路12号 | place_unknown
中山大道西8号 |  |  |  | 中山大道西8号 | place_unknown
南京西路100号 |  |  |  | 南京西路100号 | place_unknown
人民路1号 |  |  |  | 人民路1号 | place_unknown
朝阳区建国路1号 |  |  | 朝阳区 | 建国路1号 | place_ambiguous
杭州市海淀区中山路1号 | 浙江省 | 杭州市 |  | 海淀区中山路1号 | place_mismatch
`
