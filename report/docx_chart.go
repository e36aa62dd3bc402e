package report

import (
	"fmt"
	"strings"
)

// chartXML is a chart as a DrawingML part. Its fills are explicit: without
// them some programs draw black bars. A value that is no number has no point.
func chartXML(c Chart) string {
	end, each := scale(c.top())
	return `<c:chartSpace xmlns:c="` + nsChart + `" xmlns:a="` + nsDrawing + `" xmlns:r="` + nsRelation + `">` +
		`<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>` + plot(c) + axes(c, end, each) +
		`<c:spPr><a:noFill/></c:spPr></c:plotArea><c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>` +
		`<c:spPr>` + solid("FFFFFF") + `<a:ln>` + solid("D9D9D9") + `</a:ln></c:spPr>` + chartText + `</c:chartSpace>`
}

func solid(rgb string) string {
	return `<a:solidFill><a:srgbClr val="` + rgb + `"/></a:solidFill>`
}

// chartText is the type of a chart's words.
const chartText = `<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1000"><a:solidFill><a:srgbClr val="222222"/></a:solidFill><a:latin typeface="` +
	latinFont + `"/><a:ea typeface="` + titleFont + `"/></a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>`

const axisIDs = `<c:axId val="1001"/><c:axId val="1002"/>`

func plot(c Chart) string {
	labels := `<c:dLbls><c:spPr><a:noFill/></c:spPr>%s<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>` +
		`<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>`
	if c.Shape == Line {
		return `<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>` + series(c,
			`<c:spPr><a:ln w="28575">`+solid(colour)+`</a:ln></c:spPr><c:marker><c:symbol val="circle"/><c:size val="6"/><c:spPr>`+solid(colour)+`</c:spPr></c:marker>`,
			fmt.Sprintf(labels, `<c:dLblPos val="t"/>`), `<c:smooth val="0"/>`) + `<c:marker val="1"/>` + axisIDs + `</c:lineChart>`
	}
	direction := "bar"
	if c.Shape == Columns {
		direction = "col"
	}
	return `<c:barChart><c:barDir val="` + direction + `"/><c:grouping val="clustered"/><c:varyColors val="0"/>` + series(c,
		`<c:spPr>`+solid(colour)+`</c:spPr><c:invertIfNegative val="0"/>`, fmt.Sprintf(labels, `<c:dLblPos val="outEnd"/>`), "") +
		`<c:gapWidth val="50"/>` + axisIDs + `</c:barChart>`
}

func series(c Chart, look, labels, end string) string {
	var names, values strings.Builder
	for i, l := range c.Labels {
		if c.Shape == Line {
			l = shortLabel(l)
		}
		fmt.Fprintf(&names, `<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, i, escaped(l))
		if v := c.Values[i]; v.IsNumber() {
			fmt.Fprintf(&values, `<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, i, v)
		}
	}
	n := len(c.Labels)
	return `<c:ser><c:idx val="0"/><c:order val="0"/><c:tx><c:strRef><c:f>图表!$B$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>` +
		escaped(c.Title) + `</c:v></c:pt></c:strCache></c:strRef></c:tx>` + look + labels +
		fmt.Sprintf(`<c:cat><c:strRef><c:f>图表!$A$2:$A$%d</c:f><c:strCache><c:ptCount val="%d"/>%s</c:strCache></c:strRef></c:cat>`, n+1, n, names.String()) +
		fmt.Sprintf(`<c:val><c:numRef><c:f>图表!$B$2:$B$%d</c:f><c:numCache><c:formatCode>0</c:formatCode><c:ptCount val="%d"/>%s</c:numCache></c:numRef></c:val>`,
			n+1, n, values.String()) + end + `</c:ser>`
}

func axes(c Chart, end, each float64) string {
	order, names, numbers, crosses := "minMax", "b", "l", "autoZero"
	if c.Shape == Bars {
		order, names, numbers, crosses = "maxMin", "l", "b", "max" // the first row above, the scale below
	}
	return `<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="` + order + `"/></c:scaling><c:delete val="0"/><c:axPos val="` + names + `"/>` +
		`<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>` +
		`<c:spPr><a:ln>` + solid("808080") + `</a:ln></c:spPr>` + chartText +
		`<c:crossAx val="1002"/><c:crosses val="autoZero"/><c:tickLblSkip val="1"/><c:noMultiLvlLbl val="1"/></c:catAx>` +
		fmt.Sprintf(`<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/><c:max val="%.0f"/><c:min val="0"/></c:scaling>`, end) +
		`<c:delete val="0"/><c:axPos val="` + numbers + `"/><c:majorGridlines><c:spPr><a:ln>` + solid("D9D9D9") + `</a:ln></c:spPr></c:majorGridlines>` +
		`<c:numFmt formatCode="0" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>` +
		`<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>` + chartText +
		fmt.Sprintf(`<c:crossAx val="1001"/><c:crosses val="%s"/><c:crossBetween val="between"/><c:majorUnit val="%.0f"/></c:valAx>`, crosses, each)
}
