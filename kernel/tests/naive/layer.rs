//! Recurrent layers as plain loops in double precision.

use segtide_kernel::layer::{Cell, Spec};

/// All that a layer's outputs depend on, in the caller's layout.
#[derive(Clone)]
pub struct Task {
    pub spec: Spec,
    pub weights: Vec<f64>,
    pub inputs: Vec<f64>,
    pub hidden: Vec<f64>,
    pub cell: Vec<f64>,
}

/// Hidden states, at every step or at the last, row after row of a step.
pub fn forward(task: &Task) -> Vec<f64> {
    let Spec { cell, steps, inputs, hidden, rows, all_outputs, .. } = task.spec;
    let width = hidden + inputs + 1;
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let (mut states, mut cells, mut outputs) = (task.hidden.clone(), task.cell.clone(), Vec::new());
    for step in 0..steps {
        for row in 0..rows {
            let state = states[row * hidden..(row + 1) * hidden].to_vec();
            let input = &task.inputs[(step * rows + row) * inputs..(step * rows + row + 1) * inputs];
            let from_state = |gate: usize, unit: usize| {
                let weights = &task.weights[(gate * hidden + unit) * width..];
                (0..hidden).map(|k| weights[k] * state[k]).sum::<f64>()
            };
            let from_input = |gate: usize, unit: usize| {
                let weights = &task.weights[(gate * hidden + unit) * width + hidden..];
                (0..inputs).map(|k| weights[k] * input[k]).sum::<f64>() + weights[inputs]
            };
            let gate = |gate: usize, unit: usize| from_state(gate, unit) + from_input(gate, unit);
            for (unit, before) in state.iter().enumerate() {
                let at = row * hidden + unit;
                states[at] = match cell {
                    Cell::Lstm => {
                        cells[at] = sigmoid(gate(1, unit)) * cells[at] + sigmoid(gate(0, unit)) * gate(2, unit).tanh();
                        sigmoid(gate(3, unit)) * cells[at].tanh()
                    }
                    Cell::Gru => {
                        let recurrent = from_state(2, unit) + task.weights[3 * hidden * width + unit];
                        let candidate = (from_input(2, unit) + sigmoid(gate(0, unit)) * recurrent).tanh();
                        let update = sigmoid(gate(1, unit));
                        (1.0 - update) * candidate + update * before
                    }
                };
            }
        }
        if all_outputs || step + 1 == steps {
            outputs.extend_from_slice(&states);
        }
    }
    outputs
}

/// How the outputs, weighted, change with one of the numbers that they depend on: a central difference.
pub fn slope(task: &Task, weights_of_outputs: &[f64], number: impl Fn(&mut Task) -> &mut f64) -> f64 {
    let at = |step: f64| {
        let mut moved = task.clone();
        *number(&mut moved) += step;
        forward(&moved).iter().zip(weights_of_outputs).map(|(a, b)| a * b).sum::<f64>()
    };
    (at(1e-5) - at(-1e-5)) / 2e-5
}
