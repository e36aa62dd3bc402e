package stats

// prime is what equations are solved modulo of: what is determined there is
// determined, but for one chance in a million.
const prime = 1_000_003

// equations are what a reader knows of numbers that are not shown: sums of
// some of them, each a row of coefficients.
type equations struct {
	unknowns int
	rows     [][]int64
}

// add takes down a sum of unknowns, each counted once.
func (e *equations) add(sum []int) {
	row := make([]int64, e.unknowns)
	for _, i := range sum {
		row[i] = 1
	}
	e.rows = append(e.rows, row)
}

// solved returns the unknowns that follow from the equations (Gauss and
// Jordan). It uses the rows up.
func (e *equations) solved() (list []int) {
	done := 0
	for col := 0; col < e.unknowns && done < len(e.rows); col++ {
		pivot := done
		for pivot < len(e.rows) && e.rows[pivot][col] == 0 {
			pivot++
		}
		if pivot == len(e.rows) {
			continue
		}
		e.rows[done], e.rows[pivot] = e.rows[pivot], e.rows[done]
		e.clear(done, col)
		done++
	}
	for _, row := range e.rows[:done] {
		if at, alone := onlyOne(row); alone {
			list = append(list, at)
		}
	}
	return list
}

// clear takes a row from all others, so that none of them has its column.
func (e *equations) clear(pivot, col int) {
	own := e.rows[pivot]
	f := inverse(own[col])
	for i := col; i < e.unknowns; i++ {
		own[i] = own[i] * f % prime
	}
	for r, row := range e.rows {
		if r == pivot || row[col] == 0 {
			continue
		}
		f := prime - row[col]
		for i := col; i < e.unknowns; i++ {
			if own[i] != 0 {
				row[i] = (row[i] + f*own[i]) % prime
			}
		}
	}
}

// inverse is what n is multiplied by to give 1.
func inverse(n int64) int64 {
	out := int64(1)
	for e := prime - 2; e > 0; e /= 2 {
		if e%2 == 1 {
			out = out * n % prime
		}
		n = n * n % prime
	}
	return out
}

// onlyOne finds the one coefficient of a row that is not 0.
func onlyOne(row []int64) (at int, alone bool) {
	at = -1
	for i, n := range row {
		if n == 0 {
			continue
		}
		if at >= 0 {
			return 0, false
		}
		at = i
	}
	return at, at >= 0
}
